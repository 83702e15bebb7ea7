"""Puts what the pages take from npm into static/vendor, at set-up: `python -m asn_lms.vendor`.

The font is cut down to the letters and weights that the design uses, since every first visit on mobile data pays for it. The script
of the page that checks credentials is bundled with what it takes from npm, and the contexts that credentials name are gathered
for the server. Node must be on the PATH.
"""

import io
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"
# The legacy build of pdf.js also runs in the browsers of phones a few years old.
COPIES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "@fontsource-variable/inter/LICENSE": "inter-LICENSE",
    "pdfjs-dist/legacy/build/pdf.min.mjs": "pdfjs/pdf.min.mjs",
    "pdfjs-dist/legacy/build/pdf.worker.min.mjs": "pdfjs/pdf.worker.min.mjs",
    "pdfjs-dist/standard_fonts": "pdfjs/standard_fonts",
    "pdfjs-dist/wasm": "pdfjs/wasm",
    "pdfjs-dist/LICENSE": "pdfjs/LICENSE",
}
FONT = PACKAGES / "@fontsource-variable" / "inter" / "files" / "inter-latin-wght-normal.woff2"
# Basic Latin, Latin-1, and the dashes, quotes, arrows, signs that the screens use.
LETTERS: Iterable[int] = (
    *range(0x20, 0x7F),
    *range(0xA0, 0x100),
    *map(ord, "–—‘’“”„…•‰′″‹›€™−×≤≥≈←↑→↓✓"),
)
WEIGHTS = (400, 700)
FEATURES = ["kern", "liga", "calt", "tnum", "ccmp", "mark", "mkmk", "locl"]

CHECKER = ROOT / "enrollments" / "badges" / "checker"
# esbuild as WebAssembly: the same on every machine, and no package of its own for each.
BUNDLER = PACKAGES / "esbuild-wasm" / "bin" / "esbuild"
BUNDLE = ["--bundle", "--minify", "--format=esm", "--target=es2020", "--legal-comments=eof", "--log-level=warning"]


def cut_font(source: Path) -> bytes:
    """A WOFF2 with our letters, and one axis of weights."""
    font = TTFont(source)
    options = Options()
    options.layout_features = FEATURES
    options.hinting = False
    options.flavor = "woff2"
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=LETTERS)
    subsetter.subset(font)
    font = instantiateVariableFont(font, {"wght": WEIGHTS})
    font.flavor = "woff2"
    out = io.BytesIO()
    font.save(out, reorderTables=True)
    return out.getvalue()


def write_checker(folder: Path) -> None:
    """The script of `enrollments/badges/checker` in one piece, and the JSON-LD contexts as `contexts.json`."""
    folder.mkdir()
    node = shutil.which("node")
    if node is None:
        raise SystemExit("node is not on the PATH (see .ci/node-path)")
    contexts = subprocess.run([node, CHECKER / "print-contexts.mjs"], check=True, capture_output=True)  # noqa: S603
    (folder / "contexts.json").write_bytes(contexts.stdout)
    bundle = [node, str(BUNDLER), str(CHECKER / "page.mjs"), *BUNDLE, f"--outfile={folder / 'check.js'}"]
    subprocess.run(bundle, check=True, cwd=ROOT)  # noqa: S603


def main() -> None:
    """Writes static/vendor anew; what was there before is replaced at the end, so a broken set-up leaves the old one."""
    new = VENDOR.with_name("vendor.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    for source, target in COPIES.items():
        (new / target).parent.mkdir(exist_ok=True)
        copy = shutil.copytree if (PACKAGES / source).is_dir() else shutil.copyfile
        copy(PACKAGES / source, new / target)
    (new / "inter.woff2").write_bytes(cut_font(FONT))
    write_checker(new / "badges")
    shutil.rmtree(VENDOR, ignore_errors=True)
    new.rename(VENDOR)


if __name__ == "__main__":
    main()
