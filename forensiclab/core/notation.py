"""How times, scores and counts are written: one place, so that they read alike in report, window and terminal."""

from datetime import datetime

NOT_STATED = "not stated"
NOT_MEASURED = "not measured"
NOT_KNOWN = "not known"


def time_text(seconds: float) -> str:
    """Write a position in the exhibit: ``0:03.240``, ``1:02:03.456``; times before zero keep their sign."""
    thousandths = round(abs(seconds) * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    hours, minutes = divmod(minutes, 60)
    sign = "-" if seconds < 0 and thousandths else ""
    clock = f"{hours}:{minutes:02}" if hours else f"{minutes}"
    return f"{sign}{clock}:{rest // 1000:02}.{rest % 1000:03}"


def span_text(start_s: float, end_s: float) -> str:
    """Write a span of time: ``0:03.240 – 0:05.000``."""
    return time_text(start_s) if start_s == end_s else f"{time_text(start_s)} – {time_text(end_s)}"


def score_text(raw_score: float | None) -> str:
    """Write a raw score with its sign and three digits after the point, or four significant ones where it is large."""
    if raw_score is None:
        return "–"
    return f"{raw_score:+.3f}" if abs(raw_score) < 100 else f"{raw_score:+.4g}"


def probability_text(probability: float | None) -> str:
    """Write a calibrated probability with three digits, never rounded to a certainty."""
    if probability is None:
        return "–"
    if probability < 0.0005:
        return "< 0.001"
    return "> 0.999" if probability > 0.9995 else f"{probability:.3f}"


def share_text(share: float, digits: int = 1) -> str:
    """Write a share from 0 to 1 in per cent: ``5.0 %``."""
    return f"{100 * share:.{digits}f} %"


def number_text(value: float | None, unit: str = "", digits: int = 3) -> str:
    """Write a number with at most ``digits`` after the point, and its unit; "not known" for None."""
    if value is None:
        return NOT_KNOWN
    text = f"{value:,.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{text} {unit}".rstrip()


def count_text(count: int, one: str, many: str | None = None) -> str:
    """Write a count with its noun: ``1 frame``, ``1,200 frames``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def size_text(size_bytes: int) -> str:
    """Write a file's size, exact and in a handy unit."""
    exact = count_text(size_bytes, "byte")
    for factor, unit in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if size_bytes >= factor:
            return f"{exact} ({size_bytes / factor:.3g} {unit})"
    return exact


def date_text(iso: str) -> str:
    """Write an ISO 8601 time as it is printed; any other text stays as it is."""
    try:
        moment = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{moment:%Y-%m-%d %H:%M:%S} {moment.tzname() or '(no zone stated)'}"
