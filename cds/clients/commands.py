"""The commands `cds clients check`, `keygen` and `token`."""

from __future__ import annotations

from pathlib import Path

import click

from cds.clients.keygen import MAKE, write_keys
from cds.clients.load import load_clients
from cds.clients.report import summary
from cds.clients.sign import signer

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group("clients")
def clients_group() -> None:
    """Check the file of those who may call; make keys and tokens to try it out."""


@clients_group.command("check")
@click.argument("file", type=FILE, metavar="FILE")
def check(file: Path) -> None:
    """Read FILE as CDS_CLIENTS would be read, and print who it lets in.

    Nothing is asked of the network. Exit status: 0 when the file is sound, 2 when not.
    """
    click.echo(summary(load_clients(file, on_loopback=True)))


@clients_group.command("keygen")
@click.option("--alg", type=click.Choice(sorted(MAKE)), default="ES384", help="How it will sign.")
@click.option("--iss", default="https://ehr.example/cds", help="The issuer in clients.toml.")
@click.option("--out", type=FOLDER, required=True, help="A folder for the three files.")
def keygen(alg: str, iss: str, out: Path) -> None:
    """Make a key pair: private-key.pem, jwks.json with the public half, and a clients.toml.

    The private key can be read by you only; none of the files is ever overwritten.
    """
    try:
        written = write_keys(alg, iss, out)
    except FileExistsError as error:
        raise click.UsageError(f"{error.filename} exists, and no key is overwritten") from None
    except OSError as error:
        raise click.UsageError(f"cannot write in {out}: {error.strerror}") from None
    click.echo("\n".join(f"Wrote {file}" for file in written))
    click.echo(
        f"\nServe with:   CDS_AUTH=required CDS_CLIENTS={out / 'clients.toml'} cds serve\n"
        f"Then ask it:  cds replay STORY --url http://127.0.0.1:8080 "
        f"--sign {out / 'private-key.pem'} --iss {iss}"
    )


@clients_group.command("token")
@click.argument("address")
@click.option("--sign", "key", type=FILE, required=True, help="The private key to sign with.")
@click.option("--iss", required=True, help="The issuer to sign as.")
@click.option("--tenant", help="The tenant to name.")
@click.option("--jku", help="The address of the public keys to name.")
def token(address: str, key: Path, iss: str, tenant: str | None, jku: str | None) -> None:
    """Print a token for one call of ADDRESS, such as http://127.0.0.1:8080/cds-services.

    It is good for five minutes and once: for curl and other tools that cannot sign.
    """
    click.echo(signer(key, iss, tenant, jku)(address))
