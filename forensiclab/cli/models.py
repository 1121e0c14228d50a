"""``forensiclab models``: what is installed, what it can do, whether it is intact, and how more gets in."""

import argparse
from pathlib import Path

from forensiclab.cli.terminal import print_lines, say
from forensiclab.core.cancel import CancelToken
from forensiclab.core.errors import WeightsError


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command and its options."""
    parser = commands.add_parser("models", help="list, show, verify and import detectors")
    actions = parser.add_subparsers(required=True, metavar="ACTION")

    listing = actions.add_parser("list", help="every installed set of weights, and the methods without any")
    listing.set_defaults(carry_out=_list)

    show = actions.add_parser("show", help="the card of a detector: paper, data, figures, limits")
    show.add_argument("name", help="name of installed weights, or of a method")
    show.set_defaults(carry_out=_show)

    verify = actions.add_parser("verify", help="check hashes, shapes and cards")
    verify.add_argument("names", nargs="*", metavar="NAME", help="default: all that are installed")
    verify.set_defaults(carry_out=_verify)

    importing = actions.add_parser(
        "import",
        help="take in published weights",
        description="Read published weights, check that they fit, and keep them as safetensors in your own folder.",
    )
    importing.add_argument("file", type=Path, help=".safetensors, Keras .h5, or a torch file with --allow-pickle")
    importing.add_argument("--method", required=True, help="which network they belong to; see: models list")
    importing.add_argument("--name", required=True, help="what to call them")
    importing.add_argument("--source", default="not stated", help="where they come from, for the card")
    importing.add_argument("--licence", default="not stated", help="their licence, for the card")
    importing.add_argument(
        "--option", action="append", default=[], metavar="KEY=VALUE", help="an option of the network's class"
    )
    importing.add_argument(
        "--before", metavar="NAME", help="for pixel_bleach: the installed detector that the generator was trained with"
    )
    importing.add_argument(
        "--allow-pickle", action="store_true", help="read a torch file, with torch's restricted loader"
    )
    importing.set_defaults(carry_out=_import)


def _list(options: argparse.Namespace, token: CancelToken) -> int:
    from forensiclab.detectors.installed import installed_weights, methods_without_weights

    for weights in installed_weights():
        origin = "shipped" if weights.is_shipped else "imported"
        card = weights.card
        if card is None or weights.problem:
            method = "?" if card is None else card.method
            print_lines(f"{weights.name:28} {method:24} {origin:9} {weights.problem}")
            continue
        calibration = f"{len(card.calibration)} calibrated bands" if card.calibration else "not calibrated"
        before = "" if card.stands_before is None else f", before {card.stands_before.name}"
        print_lines(f"{weights.name:28} {card.method:24} {origin:9} {calibration}{before}")
    for method in methods_without_weights():
        print_lines(f"{'-':28} {method:24} no weights: python -m training train {method}, or models import")
    return 0


def _show(options: argparse.Namespace, token: CancelToken) -> int:
    from forensiclab.cli.card_page import card_page, method_page
    from forensiclab.detectors import known_methods
    from forensiclab.detectors.cards import read_card
    from forensiclab.detectors.installed import method_facts
    from forensiclab.detectors.weights import find_weights, weights_folders

    if options.name not in weights_folders() and options.name in known_methods():
        lines = method_page(method_facts(options.name))
    else:
        card = read_card(find_weights(options.name))
        lines = card_page(card, method_facts(card.method))
    print_lines(*lines)
    return 0


def _verify(options: argparse.Namespace, token: CancelToken) -> int:
    from forensiclab.cli import DONE, FAILED
    from forensiclab.detectors.installed import shadowed_weights, verify_weights
    from forensiclab.detectors.weights import weights_folders

    code = DONE
    for name in options.names or weights_folders():
        token.check()
        try:
            card = verify_weights(name)
        except WeightsError as error:
            code = FAILED
            print_lines(f"{name}: FAILED. {error}")
        else:
            before = card.stands_before
            with_it = "" if before is None else f", before {before.name}, SHA-256 {before.weights_sha256}"
            print_lines(f"{name}: weights and card intact, SHA-256 {card.weights_sha256}{with_it}")
    for folder in () if options.names else shadowed_weights():
        code = FAILED
        print_lines(
            f"{folder.name}: FAILED. {folder} has the name of a detector that ships and is not used; rename it."
        )
    return code


def _import(options: argparse.Namespace, token: CancelToken) -> int:
    from forensiclab.detectors.importing import ImportRequest, import_weights
    from forensiclab.detectors.weights import weights_home

    pairs = [tuple(text.partition("=")[::2]) for text in options.option]
    if options.allow_pickle:
        say("A torch file is a pickle; it is read with torch's restricted loader only.")
    card = import_weights(
        ImportRequest(
            file=options.file,
            method=options.method,
            name=options.name,
            source=options.source,
            licence=options.licence,
            options=tuple((key, value) for key, value in pairs),
            stands_before=options.before,
            allow_pickle=options.allow_pickle,
        )
    )
    print_lines(f"{card.name}: imported into {weights_home() / card.name}, SHA-256 {card.weights_sha256}")
    return 0
