"""Generates from proto/: messages with type stubs, a class per service, an exception per reason.

    python generate.py

needs grpcio-tools and mypy-protobuf at the versions of pyproject.toml. What it makes is not kept in
the repository.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
import textwrap
from pathlib import Path

from google.protobuf import descriptor_pb2 as d
from grpc_tools import protoc  # type: ignore[import-untyped]

Field = d.FieldDescriptorProto
STRING_LIKE = {Field.TYPE_STRING: ("str", '""'), Field.TYPE_BYTES: ("bytes", 'b""')}
NUMBERS = {
    Field.TYPE_DOUBLE: ("float", "0.0"),
    Field.TYPE_BOOL: ("bool", "False"),
    Field.TYPE_INT32: ("int", "0"),
    Field.TYPE_INT64: ("int", "0"),
    Field.TYPE_UINT32: ("int", "0"),
}
# A repetition of these does what one call does, or the request's own id sees to it.
READS = re.compile(
    "Get|List|Analyze|Predict|Preview|Export|Render|Screen|Draft|Verify|RecordEntries"
)


class Api:
    """The API's files, with the comment of every element."""

    def __init__(self, files: d.FileDescriptorSet, package: str) -> None:
        self.files = [f for f in files.file if f.package == package]
        self.comments: dict[str, str] = {}
        self.module_of: dict[str, str] = {}
        for file in files.file:
            module = file.name.removesuffix(".proto").replace("/", ".") + "_pb2"
            for message in file.message_type:
                self.module_of[f".{file.package}.{message.name}"] = module
            for enum in file.enum_type:
                self.module_of[f".{file.package}.{enum.name}"] = module
            self._read_comments(file)

    def _read_comments(self, file: d.FileDescriptorProto) -> None:
        for location in file.source_code_info.location:
            name = self._name_at(file, list(location.path))
            if name is not None:
                text = re.sub(r"(?m)^ ", "", location.leading_comments).strip()
                self.comments[f".{file.package}{name}"] = text

    @staticmethod
    def _name_at(file: d.FileDescriptorProto, path: list[int]) -> str | None:
        """Name of what stands at `path` (see SourceCodeInfo), for what this generator asks for."""
        element: object = file
        name = ""
        for step in range(0, len(path) - 1, 2):
            fields = element.DESCRIPTOR.fields_by_number  # type: ignore[attr-defined]
            field = fields.get(path[step])
            if field is None or field.name not in (
                "message_type",
                "nested_type",
                "enum_type",
                "value",
                "field",
                "service",
                "method",
            ):
                return None
            element = getattr(element, field.name)[path[step + 1]]
            name += "." + element.name  # type: ignore[attr-defined]
        return name if len(path) % 2 == 0 and path else None

    def message(self, full_name: str) -> d.DescriptorProto:
        """The top-level message of that name."""
        simple = full_name.rsplit(".", 1)[1]
        return next(m for f in self.files for m in f.message_type if m.name == simple)


def python_name(full_name: str, package: str) -> str:
    """How generated code writes the type `full_name`."""
    if full_name == ".google.protobuf.Empty":
        return "empty_pb2.Empty"
    return full_name.removeprefix(f".{package}.")


def snake(name: str) -> str:
    """`GetTrial` as `get_trial`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def parameter(field: Field, package: str) -> tuple[str, str]:
    """Type and default of the parameter that stands for a request's field."""
    if field.type in STRING_LIKE:
        kind, default = STRING_LIKE[field.type]
    elif field.type in NUMBERS:
        kind, default = NUMBERS[field.type]
    else:
        kind, default = python_name(field.type_name, package), "None"
        if field.type == Field.TYPE_ENUM:
            kind += ".ValueType"
    if field.label == Field.LABEL_REPEATED:
        return f"Sequence[{kind}]", "()"
    if default == "None" or field.proto3_optional:
        return f"{kind} | None", "None"
    return kind, default


def docstring(text: str, indent: str) -> str:
    """`text` as a docstring, its first sentence on a line of its own."""
    text = text.replace("\\", "\\\\").replace("`", "``").replace('"""', "'''")
    flat = " ".join(text.split())
    first = re.match(r"(.+?[.])(?:\s|$)(.*)", flat)
    head, rest = (first[1], first[2]) if first else (flat, "")
    head = head.rstrip(":;.") + "."
    if rest and (len(head) > 90 - len(indent)):
        head, rest = head[: 87 - len(indent)].rsplit(" ", 1)[0] + " ...", flat
    lines = textwrap.wrap(rest, 96 - len(indent))
    body = "".join(f"{indent}{line}\n" for line in lines)
    quote = '"""'
    if not lines:
        return f"{indent}{quote}{head}{quote}\n"
    return f"{indent}{quote}{head}\n\n{body}{indent}{quote}\n"


def method_source(
    api: Api, service: str, method: d.MethodDescriptorProto, package: str, asynchronous: bool
) -> str:
    """One method of a service's class."""
    request = api.message(method.input_type)
    answer = python_name(method.output_type, package)
    parameters = []
    given = []
    described = []
    for field in request.field:
        kind, default = parameter(field, package)
        parameters.append(f"        {field.name}: {kind} = {default},\n")
        value = "request_id or new_request_id()" if field.name == "request_id" else field.name
        given.append(f"            {field.name}={value},\n")
        comment = api.comments.get(f"{method.input_type}.{field.name}", "")
        described.append(f"{field.name}: {' '.join(comment.split())}")
    repeatable = bool(READS.match(method.name)) or any(
        f.name == "request_id" for f in request.field
    )
    call, result = "unary", answer
    prefix, wait = ("async def", "await ") if asynchronous else ("def", "")
    if method.server_streaming:
        call, prefix, wait = "stream", "def", ""
        result = f"{'AsyncIterator' if asynchronous else 'Iterator'}[{answer}]"
    doc = docstring(api.comments[f".{package}.{service}.{method.name}"], "        ")
    if described:
        arguments = "".join(
            textwrap.fill(
                line.replace("\\", "\\\\").replace("`", "``"),
                96,
                initial_indent=" " * 12,
                subsequent_indent=" " * 16,
            )
            + "\n"
            for line in described
        )
        doc = re.sub(r'(?:\n *)?"""\n$', "", doc)
        doc += f"\n\n        Args:\n{arguments}            timeout: Seconds; absent: as usual.\n"
        doc += '        """\n'
    star = "        *,\n"
    return (
        f"    {prefix} {snake(method.name)}(\n        self,\n{star}{''.join(parameters)}"
        f"        timeout: float | None = None,\n    ) -> {result}:\n{doc}"
        f"        request = {python_name(method.input_type, package)}(**present(\n{''.join(given)}"
        f"        ))\n"
        f"        return {wait}self._transport.{call}(\n"
        f'            "/{package}.{service}/{method.name}", request, {answer},\n'
        f"            repeatable={repeatable}, timeout=timeout)\n"
    )


def services_source(api: Api, package: str, asynchronous: bool) -> str:
    """The module with one class for every service."""
    names: dict[str, set[str]] = {}

    def use(full_name: str) -> None:
        parts = full_name.split(".")
        top = ".".join(parts[: len(package.split(".")) + 2])
        if full_name.startswith(f".{package}."):
            names.setdefault(api.module_of[top], set()).add(top.rsplit(".", 1)[1])

    body = ""
    for file in api.files:
        for service in file.service:
            body += f"\n\nclass {service.name}:\n"
            body += docstring(api.comments[f".{package}.{service.name}"], "    ")
            kind = "AsyncTransport" if asynchronous else "Transport"
            body += f"\n    def __init__(self, transport: {kind}) -> None:\n"
            body += "        self._transport = transport\n"
            for method in service.method:
                use(method.input_type)
                use(method.output_type)
                for field in api.message(method.input_type).field:
                    if field.type_name:
                        use(field.type_name)
                body += "\n" + method_source(api, service.name, method, package, asynchronous)
    iterator = "AsyncIterator" if asynchronous else "Iterator"
    imports = "".join(
        f"from {module} import {', '.join(sorted(names[module]))}\n" for module in sorted(names)
    )
    where = "aio_transport import AsyncTransport" if asynchronous else "transport import Transport"
    return (
        '"""Every method of the API, as the comments in proto/ say it. Generated: do not edit."""\n'
        "# ruff: noqa\nfrom __future__ import annotations\n\n"
        f"from collections.abc import {iterator}, Sequence\n\n"
        "from google.protobuf import empty_pb2\n\n"
        f"from solotrial.{where}\nfrom solotrial.requests import new_request_id, present\n"
        f"{imports}{body}"
    )


def reasons_source(api: Api, package: str) -> str:
    """The module with one exception for every ErrorReason."""
    enum = next(e for f in api.files for e in f.enum_type if e.name == "ErrorReason")
    body = ""
    rows = ""
    for value in enum.value:
        if value.number == 0:
            continue
        reason = value.name.removeprefix("ERROR_REASON_")
        name = "".join(part.title() for part in reason.split("_"))
        comment = api.comments[f".{package}.ErrorReason.{value.name}"]
        body += f"\n\nclass {name}(EngineError):\n{docstring(comment, '    ')}"
        rows += f'    "{reason}": {name},\n'
    return (
        '"""One exception for every reason of the engine. Generated: do not edit."""\n'
        "from __future__ import annotations\n\nfrom solotrial.errors import EngineError\n"
        f"{body}\n\nBY_REASON: dict[str, type[EngineError]] = {{\n{rows}}}\n"
    )


def find_protos(root: Path) -> Path:
    """The API's files: of the repository, or those that a source archive took along."""
    for candidate in (root / "proto", root.parent.parent / "proto"):
        if (candidate / "solotrial" / "v1").is_dir():
            return candidate
    raise SystemExit(f"No proto/ in {root} or two folders above it: is this a whole clone?")


def generate(root: Path) -> None:
    """Puts everything into root/src/solotrial, each file whole or not at all."""
    protos = find_protos(root)
    names = sorted(str(p.relative_to(protos)) for p in protos.glob("solotrial/v1/*.proto"))
    well_known = str(Path(protoc.__file__).parent / "_proto")
    package = "solotrial.v1"
    # The plugin stands beside the interpreter that has mypy-protobuf.
    path = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), path])
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        arguments = [
            "protoc",
            f"-I{protos}",
            f"-I{well_known}",
            f"--python_out={out}",
            f"--mypy_out=quiet:{out}",
            f"--descriptor_set_out={out}/api.bin",
            "--include_imports",
            "--include_source_info",
            *names,
        ]
        if protoc.main(arguments) != 0:
            raise SystemExit("protoc failed: see above")
        files = d.FileDescriptorSet.FromString((out / "api.bin").read_bytes())
        api = Api(files, package)
        made = {f"v1/{p.name}": p.read_text() for p in (out / "solotrial" / "v1").iterdir()}
        modules = sorted(Path(n).stem for n in names)
        made["v1/__init__.py"] = (
            '"""The messages of the API. Generated: do not edit."""\n# ruff: noqa\n'
            + "".join(f"from solotrial.v1.{m}_pb2 import *\n" for m in modules)
        )
        made["services.py"] = services_source(api, package, asynchronous=False)
        made["aio_services.py"] = services_source(api, package, asynchronous=True)
        made["reasons.py"] = reasons_source(api, package)
    target = root / "src" / "solotrial"
    shutil.rmtree(target / "v1", ignore_errors=True)
    (target / "v1").mkdir(parents=True, exist_ok=True)
    for name, text in made.items():
        part = target / f"{name}.{os.getpid()}.part"
        part.write_text(text)
        os.replace(part, target / name)


if __name__ == "__main__":
    generate(Path(__file__).resolve().parent)
