# SPDX-License-Identifier: ISC
#
# A client that takes a certificate as it is, or checks it; prints one line of what came of it.
#
# tlsclient.py PORT [OPTION=VALUE]...
#   mode=implicit|starttls   ca=FILE: check by it   name=NAME: of the server   cert=FILE: of its own
#   login=MECHANISM          send=yes               max=1.2 ciphers=LIST
import smtplib
import ssl
import sys

port = int(sys.argv[1])
given = dict(word.split("=", 1) for word in sys.argv[2:])
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE
if "ca" in given:
    context.load_verify_locations(given["ca"])
    context.verify_mode = ssl.CERT_REQUIRED
    context.check_hostname = True
if "cert" in given:
    context.load_cert_chain(given["cert"])
if "max" in given:
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(given["ciphers"])
# smtplib checks the name that it connects to; here it is the one that was given.
wrap = context.wrap_socket
context.wrap_socket = lambda sock, server_hostname=None: wrap(
    sock, server_hostname=given.get("name", "localhost")
)


def run():
    if given.get("mode") == "implicit":
        client = smtplib.SMTP_SSL("127.0.0.1", port, "app.example.com", context=context, timeout=30)
    else:
        client = smtplib.SMTP("127.0.0.1", port, "app.example.com", timeout=30)
        client.starttls(context=context)
    client.ehlo()
    if "login" in given:
        client.user, client.password = "app", "staging-secret"
        method = "auth_" + given["login"].lower().replace("-", "_")
        client.auth(given["login"], getattr(client, method))
    if "send" in given:
        client.sendmail(
            "a@example.com", ["b@example.net"], "From: a@example.com\r\nSubject: x\r\n\r\nHello.\r\n"
        )
    client.quit()
    return "went on"


try:
    print(run())
except ssl.SSLCertVerificationError as e:
    print("refused:", e.verify_message)
except (ssl.SSLError, smtplib.SMTPException, ConnectionError) as e:
    print("failed:", e)
