"""`schema`: what editors are told of the files that people write."""

from pathlib import Path

import click

from builder.cli.options import data_option
from builder.cli.terminal import show, tell


@click.command()
@data_option
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a schema is not what it would be.")
def schema(data: Path, *, check: bool) -> None:
    """Write the JSON Schemas for editors into the data's folder schemas/.

    They follow from the program, and offer the categories that there are.
    """
    from builder import schemas  # noqa: PLC0415 - see the package's docstring
    from builder.source import files  # noqa: PLC0415 - see the package's docstring

    folder = data / schemas.FOLDER
    categories = [file.slug for file in files.list_folder(data, data.name, "categories").files]
    wanted = {folder / f"{kind}.json": schemas.render(kind, categories) for kind in schemas.MODELS}
    stale = [path for path, body in wanted.items() if not path.is_file() or path.read_bytes() != body]
    if check and stale:
        for path in stale:
            tell(f"{path}: is not what builder schema writes")
        raise click.exceptions.Exit(1)
    if stale:
        folder.mkdir(exist_ok=True)
    for path in stale:
        path.write_bytes(wanted[path])
        show(path)
