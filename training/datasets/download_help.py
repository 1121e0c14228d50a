"""Where each data set is asked for, and how its folder must look afterwards. None of them may be handed on."""

from dataclasses import dataclass

from forensiclab.core.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadHelp:
    """What somebody must know who wants a data set."""

    title: str
    asked_for_at: str
    how: str
    """What to do there, in sentences."""
    layout: tuple[str, ...]
    """The paths that the adapter reads, below the data set's folder."""


_FORENSICS_FORM = (
    "Fill in the form that the page links to and accept the FaceForensics terms of use; the script that downloads "
    "comes by mail."
)

DOWNLOADS = {
    "ffpp": DownloadHelp(
        title="FaceForensics++",
        asked_for_at="https://github.com/ondyari/FaceForensics",
        how=f"{_FORENSICS_FORM} Run it with '-d all -c c23 -t videos', again with '-c c40' (and '-c raw', hundreds of "
        "gigabytes, if wanted), and with '-t masks'. Copy dataset/splits of the repository beside the videos.",
        layout=(
            "original_sequences/youtube/{raw,c23,c40}/videos/NNN.mp4",
            "manipulated_sequences/METHOD/{raw,c23,c40}/videos/NNN_MMM.mp4",
            "manipulated_sequences/METHOD/masks/videos/NNN_MMM.mp4 (none for FaceShifter)",
            "splits/{train,val,test}.json",
        ),
    ),
    "dfd": DownloadHelp(
        title="DeepFakeDetection (Google and Jigsaw)",
        asked_for_at="https://github.com/ondyari/FaceForensics",
        how=f"{_FORENSICS_FORM} Run it with '-d DeepFakeDetection_original' and '-d DeepFakeDetection', each with "
        "'-c c23 -t videos', and with '-d DeepFakeDetection -t masks'.",
        layout=(
            "original_sequences/actors/{raw,c23,c40}/videos/01__scene.mp4",
            "manipulated_sequences/DeepFakeDetection/{raw,c23,c40}/videos/01_02__scene__ABCDEFGH.mp4",
            "manipulated_sequences/DeepFakeDetection/masks/videos/01_02__scene__ABCDEFGH.mp4",
        ),
    ),
    "celeb_df": DownloadHelp(
        title="Celeb-DF (v2)",
        asked_for_at="https://github.com/yuezunli/celeb-deepfakeforensics",
        how="Fill in the form that the page links to; the download link comes by mail.",
        layout=(
            "Celeb-real/id0_0000.mp4 (or Celeb-real/videos/, likewise below)",
            "YouTube-real/00000.mp4",
            "Celeb-synthesis/id0_id1_0000.mp4",
            "List_of_testing_videos.txt",
        ),
    ),
    "dfdc": DownloadHelp(
        title="DeepFake Detection Challenge",
        asked_for_at="https://ai.meta.com/datasets/dfdc/ and "
        "https://www.kaggle.com/competitions/deepfake-detection-challenge/data",
        how="Register and accept the rules. The training set has 50 parts, about 470 GB in all; unpack each to a "
        "folder. The labelled test set is on the first of the two pages.",
        layout=(
            "dfdc_train_part_N/NAME.mp4",
            "dfdc_train_part_N/metadata.json",
            "test/NAME.mp4 with test/metadata.json or test/labels.csv",
        ),
    ),
    "dfdc_preview": DownloadHelp(
        title="DeepFake Detection Challenge, preview",
        asked_for_at="https://ai.meta.com/datasets/dfdc/",
        how="Register and accept the rules; the archive is called dfdc_preview_set.",
        layout=("original_videos/.../NAME.mp4", "method_A/.../NAME.mp4", "method_B/.../NAME.mp4", "dataset.json"),
    ),
    "wild_deepfake": DownloadHelp(
        title="WildDeepfake",
        asked_for_at="https://github.com/OpenTAI/wild-deepfake",
        how="Fill in the agreement that the page links to and send it in; the link comes by mail. Leave the archives "
        "packed or unpack them to folders of the same names.",
        layout=("real_train/N.tar.gz", "fake_train/N.tar.gz", "real_test/N.tar.gz", "fake_test/N.tar.gz"),
    ),
    "deepfake_mnist_plus": DownloadHelp(
        title="DeepfakeMnist+",
        asked_for_at="https://github.com/huangjiadidi/DeepFakeMnist",
        how="The page links to the archive. It has no published layout: put the real VoxCeleb clips into real/ and the "
        "animations into a folder for each action, and keep the clips' names.",
        layout=("real/NAME.mp4", "fake/ACTION/NAME.mp4"),
    ),
    "dfl": DownloadHelp(
        title="Pairs of a scene as recorded and with a DeepFaceLab or DeepFaceLive swap",
        asked_for_at="whoever gave you this program's data folder",
        how="Both clips of a pair show the same frames through the same encode. Weights may be selected on the clips "
        "whose column use says select (here val); report (here test) is only reported, none is neither.",
        layout=("index.csv (path, label, manipulation, pair, use)", "real/NAME.mp4", "forged/NAME.mp4"),
    ),
    "folders": DownloadHelp(
        title="Plain folders",
        asked_for_at="your own disk",
        how="Sort videos or pictures into the two folders. A forgery whose name begins with that of a real video is "
        "taken to be made from it.",
        layout=(
            "real/NAME.mp4",
            "forged/NAME_more.mp4 or forged/METHOD/NAME_more.mp4",
            "or the same below train/, val/ and test/",
        ),
    ),
    "dfdc_faces": DownloadHelp(
        title="DFDC face crops",
        asked_for_at="whoever gave you this program's data folder",
        how="The folder of finished crops is read as it is; masks are derived where a forgery and its original show "
        "the same frame. It falls under the terms of DFDC.",
        layout=("index.csv (name, label, original, part, split, border_diff, shard)", "train_NN.zip, val_NN.zip"),
    ),
}
"""One for every adapter."""


def download_help(data_set: str) -> str:
    """Say where a data set is asked for and how its folder must look, in a few lines.

    Raises:
        SettingsError: There is no such data set.
    """
    if data_set not in DOWNLOADS:
        raise SettingsError(f"There is no data set '{data_set}'; known are: {', '.join(DOWNLOADS)}.")
    found = DOWNLOADS[data_set]
    return "\n".join(
        (
            f"{found.title}: asked for at {found.asked_for_at}",
            found.how,
            "",
            "Then the folder must look like this:",
            *(f"  {line}" for line in found.layout),
            "",
            f"python -m training prepare {data_set} FOLDER --out CROPS",
            "",
        )
    )
