"""Runs the peers for `cargo xtask bench-peers`: RapidOCR with the parser beside this file, and
dlib's `face_recognition`, called the way their own front pages show.

`worker.py serve` answers one JSON line on stdout for each JSON line on stdin:
    {"portrait_side": F, "emblem_side": F, "selfie": F or null}
`worker.py reduce SIDE_PX (SRC DST)…` shrinks pictures before a benchmark, upright, JPEG quality 95.
`worker.py once COMMAND…` runs a program and prints its wall time and peak memory as JSON.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import card

FACE_MATCH_DISTANCE = 0.6  # the threshold of face_recognition.compare_faces


def peak_kib() -> int:
    """The most memory this process has had resident, KiB."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))


class Peers:
    """Loaded once and kept, as a service would."""

    def __init__(self) -> None:
        begin = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # face_recognition_models speaks of its use of pkg_resources
            import face_recognition
        import rapidocr

        models = Path(rapidocr.__file__).parent / "models"
        # The defaults of RapidOCR(), said explicitly: a path that is given is never downloaded.
        self.ocr = rapidocr.RapidOCR(
            params={
                "Global.log_level": "error",
                "Det.model_path": str(models / "PP-OCRv6_det_small.onnx"),
                "Cls.model_path": str(models / "ch_ppocr_mobile_v2.0_cls_mobile.onnx"),
                "Rec.model_path": str(models / "PP-OCRv6_rec_small.onnx"),
            }
        )
        self.faces = face_recognition
        self.load_ms = (time.perf_counter() - begin) * 1000

    def read(self, side: str, path: str) -> card.Fields:
        result = self.ocr(path)
        if result.txts is None or result.boxes is None:
            return {}
        return card.parse(side, list(zip(result.txts, result.boxes.tolist())))

    def compare(self, portrait_side: str, selfie: str) -> dict[str, Any]:
        encodings = [
            self.faces.face_encodings(self.faces.load_image_file(path)) for path in (portrait_side, selfie)
        ]
        distance = None
        if all(encodings):
            distance = float(self.faces.face_distance([encodings[0][0]], encodings[1][0])[0])
        return {
            "faces": [len(e) for e in encodings],
            "distance": distance,
            "match": distance is not None and distance <= FACE_MATCH_DISTANCE,
        }

    def verify(self, job: dict[str, Any]) -> dict[str, Any]:
        begin = time.perf_counter()
        fields = {side: self.read(side, job[side]) for side in ("portrait_side", "emblem_side")}
        read = time.perf_counter()
        face = self.compare(job["portrait_side"], job["selfie"]) if job.get("selfie") else None
        end = time.perf_counter()
        return {
            "fields": fields,
            "face": face,
            "timings_ms": {"read": (read - begin) * 1e3, "face": (end - read) * 1e3, "total": (end - begin) * 1e3},
            "peak_kib": peak_kib(),
        }


def serve() -> None:
    answers = sys.stdout
    sys.stdout = sys.stderr  # whatever a package prints must not mix with the answers
    peers = Peers()

    def answer(value: dict[str, Any]) -> None:
        answers.write(json.dumps(value, ensure_ascii=False) + "\n")
        answers.flush()

    answer({"ready": True, "load_ms": peers.load_ms})
    for line in sys.stdin:
        try:
            answer(peers.verify(json.loads(line)))
        except Exception as error:  # the run goes on: one bad picture is one unread card
            answer({"error": f"{type(error).__name__}: {error}"})


def reduce(side_px: int, sources: list[str], targets: list[str]) -> None:
    from PIL import Image, ImageOps

    for source, target in zip(sources, targets, strict=True):
        with Image.open(source) as opened:
            picture = ImageOps.exif_transpose(opened)
            picture.thumbnail((side_px, side_px), Image.Resampling.LANCZOS)
            picture.save(target, quality=95)


def once(command: list[str]) -> None:
    begin = time.perf_counter()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wall_ms = (time.perf_counter() - begin) * 1e3
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    json.dump(
        {
            "status": done.returncode,
            "wall_ms": wall_ms,
            "peak_kib": usage.ru_maxrss,
            "stdout": done.stdout.decode(errors="replace"),
            "stderr": done.stderr.decode(errors="replace"),
        },
        sys.stdout,
    )


def main(arguments: list[str]) -> int:
    match arguments:
        case ["serve"]:
            serve()
        case ["reduce", side_px, *pairs]:
            reduce(int(side_px), pairs[0::2], pairs[1::2])
        case ["once", *command] if command:
            once(command)
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
