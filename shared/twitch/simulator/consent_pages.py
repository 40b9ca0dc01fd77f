"""The two pages a person meets: "may this app …?" and "enter the code on your device". Small HTML, nothing loaded."""

from collections.abc import Mapping, Sequence
from html import escape

from twitch.simulator.consent import ConsentRequest, Device

# What the buttons and fields of the forms are called when they come back.
ANSWER_FIELD = "answer"
AUTHORIZE = "authorize"
NAME_FIELD = "user_name"
USER_CODE_FIELD = "device-code"

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title} (simulator)</title>
<style>body{{font:1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem}}
code{{background:#8882;padding:0 .3em}} input{{font:inherit}} [role=alert]{{color:#b00020}}</style>
<h1>{title}</h1>
{body}
</html>
"""


def consent_page(request: ConsentRequest, problem: str = "") -> str:
    hidden = {
        "response_type": "code",
        "client_id": request.client_id,
        "redirect_uri": request.redirect_uri,
        "scope": " ".join(request.scopes),
    }
    given = {"state": request.state, "nonce": request.nonce, "claims": request.claims}
    hidden |= {name: value for name, value in given.items() if value is not None}
    return _question("authorize", request.client_id, request.scopes, hidden, problem)


def device_page(device: Device, problem: str = "") -> str:
    return _question("activate", device.client_id, device.scopes, {USER_CODE_FIELD: device.user_code}, problem)


def code_page(problem: str = "") -> str:
    """Asks for the code that the device shows."""
    field = f'<input name="{USER_CODE_FIELD}" autofocus required autocomplete="off">'
    form = f'<form action="activate"><label>Code {field}</label> <button>Continue</button></form>'
    return _PAGE.format(title="Activate your device", body=_alert(problem) + form)


def message_page(title: str) -> str:
    return _PAGE.format(title=escape(title), body="<p>You can close this page.</p>")


def _question(action: str, client_id: str, scopes: Sequence[str], hidden: Mapping[str, str], problem: str) -> str:
    listed = "".join(f"<li><code>{escape(scope)}</code></li>" for scope in scopes) or "<li>nothing but who you are</li>"
    fields = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in hidden.items()
    )
    body = f"""{_alert(problem)}<p>The app <code>{escape(client_id)}</code> asks for</p>
<ul>{listed}</ul>
<form method="post" action="{action}">{fields}
<label>You are <input name="{NAME_FIELD}" autofocus autocomplete="off" placeholder="user name"></label>
<button name="{ANSWER_FIELD}" value="{AUTHORIZE}">Authorize</button>
<button name="{ANSWER_FIELD}" value="deny">Deny</button>
</form>"""
    return _PAGE.format(title="Authorize an app", body=body)


def _alert(problem: str) -> str:
    return f'<p role="alert">{escape(problem)}</p>' if problem else ""
