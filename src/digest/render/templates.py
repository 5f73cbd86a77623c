"""Renders Jinja templates: the one home of jinja2. A missing variable is an error, never an empty string.

Escaping goes by output: on for `.mjml` and `.html`, off for `.txt` and for one-line templates. Whatever the output,
controls and direction overrides never come through. One-line templates stand in configuration, so they may only
name values, choose and filter; nothing they can say takes more time or room than its own length.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from digest.errors import TemplateError
from digest.render.links import link
from digest.render.plain import columns, plain, printable, shorten, underline, wrap

LONGEST_LINE_TEMPLATE = 500
LONGEST_LINE = 1000

_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem,
    nodes.Filter, nodes.Test, nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not,
    nodes.Concat, nodes.Keyword, nodes.List, nodes.Tuple,
)  # fmt: skip
_FILTERS = frozenset(
    ("capitalize", "default", "d", "first", "int", "join", "last", "length", "lower", "plain", "shorten", "title",
     "trim", "upper")
)  # fmt: skip
# What a wrong template raises while it runs, beside jinja2's own errors.
_MISTAKES = (jinja2.TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError)


class Templates:
    """The templates of one home.

    Args:
        read: gives the text of a template by its name ("letter/letter.mjml"); raises TemplateError if there is none.
    """

    def __init__(self, read: Callable[[str], str]) -> None:
        self.read = read
        self._files = jinja2.Environment(
            loader=jinja2.FunctionLoader(self._load),
            autoescape=_escaped,  # noqa: S701 -- by the kind of output
            undefined=jinja2.StrictUndefined,
            finalize=_finalise,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._lines = ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined, finalize=_finalise)
        for environment in (self._files, self._lines):
            for make in (plain, link, wrap, underline, shorten, columns):
                environment.filters[make.__name__] = _given(make)

    def _load(self, name: str) -> tuple[str, str, Callable[[], bool]]:
        # The name stands in for a file name, so that a traceback, and with it our message, can name the template.
        return self.read(name), name, lambda: True

    def render(self, name: str, values: Mapping[str, Any]) -> str:
        """The output of a template file.

        Raises:
            TemplateError: the template is missing or wrong; names it and the line.
        """
        try:
            return self._files.get_template(name).render(values)
        except TemplateError:
            raise
        except _MISTAKES as error:
            raise _explained(name, error) from error

    def line(self, template: str, values: Mapping[str, Any], *, name: str = "the one-line template") -> str:
        """One line of plain text from a template that stands in configuration, such as a subject.

        Args:
            template: at most 500 characters; names, attributes, filters of a short list, `if`; no loops, no calls.
            values: what the template may name.
            name: what the message calls it ("subject of newsletter daily").

        Raises:
            TemplateError: it is wrong, uses what is not allowed, misses a value, or gives more than 1000 characters.
        """
        if len(template) > LONGEST_LINE_TEMPLATE:
            raise TemplateError(f"{name}: longer than {LONGEST_LINE_TEMPLATE} characters.")
        try:
            _permit(self._lines.parse(template), name)
            made = plain(self._lines.from_string(template).render(values))
        except TemplateError:
            raise
        except _MISTAKES as error:
            raise _explained(name, error) from error
        if len(made) > LONGEST_LINE:
            raise TemplateError(f"{name}: gives more than {LONGEST_LINE} characters; use the filter shorten(80).")
        return made


def _given(make: Callable[..., Any]) -> Callable[..., Any]:
    """The filter, which names a missing value as jinja2 does instead of stumbling over it."""

    @functools.wraps(make)
    def filtered(value: Any, *more: Any, **named: Any) -> Any:
        return make(str(value) if isinstance(value, jinja2.Undefined) else value, *more, **named)

    return filtered


def _escaped(name: str | None) -> bool:
    """Whether a template's output is markup; text and one-line templates are not."""
    return name is not None and name.endswith((".mjml", ".html"))


def _finalise(value: Any) -> Any:
    """What every printed value passes through."""
    if value is None:
        raise TypeError("a value is None where something must be shown")
    if isinstance(value, Markup):
        return value
    if isinstance(value, str):
        return printable(value)
    return value


def _permit(tree: nodes.Template, name: str) -> None:
    for node in tree.find_all(nodes.Node):
        if isinstance(node, nodes.Filter) and node.name not in _FILTERS:
            known = ", ".join(sorted(_FILTERS))
            raise TemplateError(
                f"{name}, line {node.lineno}: the filter '{node.name}' is not allowed here; use {known}."
            )
        if not isinstance(node, _ALLOWED):
            kind = type(node).__name__.lower()
            raise TemplateError(
                f"{name}, line {node.lineno}: a {kind} is not allowed here; use values, filters and if."
            )


def _explained(name: str, error: Exception) -> TemplateError:
    """The error as a person can act on it: which template, which line, what."""
    if isinstance(error, jinja2.TemplateSyntaxError):
        return TemplateError(f"{error.filename or name}, line {error.lineno}: {error.message}")
    place, line = _place(error.__traceback__, name)
    return TemplateError(f"{place}, line {line}: {error}" if line else f"{place}: {error}")


def _place(trace: TracebackType | None, name: str) -> tuple[str, int]:
    """The innermost template in a traceback that jinja2 has rewritten to template names and lines."""
    found = (name, 0)
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file == "<template>":
            found = (name, trace.tb_lineno)
        elif file.endswith((".mjml", ".html", ".txt")):
            found = (file, trace.tb_lineno)
        trace = trace.tb_next
    return found
