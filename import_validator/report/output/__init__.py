"""One module an output format: the words of a report on a page, in a document, or in a stream."""

from .base import Output, write_json
from .concise import ConciseOutput
from .json import JsonOutput
from .jsonl import JsonLinesOutput
from .page import Page, may_be_coloured, page_on
from .stream_cli import StreamCliOutput
from .text import TextOutput

OUTPUTS: dict[str, type[Output]] = {
    output.name: output for output in (TextOutput, ConciseOutput, JsonOutput, JsonLinesOutput, StreamCliOutput)
}

__all__ = ["OUTPUTS", "Output", "Page", "may_be_coloured", "page_on", "write_json"]
