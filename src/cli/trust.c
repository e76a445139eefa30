/*
 * SPDX-License-Identifier: ISC
 *
 * How to make common clients trust the development CA. The manual page mailassay-trust(7) says
 * the same.
 */
#include "cli/trust.h"

#include <string.h>

/* Stands for the path of the CA's certificate. */
#define CA "@CA@"

struct client {
	const char *name;
	const char *text; /* lines, each with a line end */
};

static const char BEGINNING[] =
    "A client trusts this gateway's development certificates once it knows their CA:\n"
    "\n"
    "    " CA "\n"
    "\n"
    "The certificate holds the host's name, localhost, 127.0.0.1 and ::1, or what `names` of\n"
    "the listener says. The client must connect to one of these, or it is right to refuse.\n"
    "Below, port 2587 speaks STARTTLS and port 2465 TLS from the first octet. Trust the CA where\n"
    "tests run and nowhere else: whoever has its key can pass for any server. A user who cannot\n"
    "read the file there gets a copy by `mailassay ca > FILE`. SSL_CERT_FILE, where it is named\n"
    "below, takes the place of the system's CAs.\n";

static const struct client CLIENTS[] = {
    {"swaks",
	"swaks --server localhost:2587 --tls --tls-verify --tls-ca-path " CA " ...\n"
	"With --tls-on-connect in place of --tls on port 2465. Versions before 2024 check who\n"
	"issued the certificate and not its name.\n"},
    {"msmtp", "In ~/.msmtprc:\n"
	      "    host localhost\n"
	      "    port 2587\n"
	      "    tls on\n"
	      "    tls_trust_file " CA "\n"
	      "and `tls_starttls off` on port 2465.\n"},
    {"curl", "curl --ssl-reqd --cacert " CA " --crlf smtp://localhost:2587 ...\n"
	     "or smtps://localhost:2465; or in the environment: CURL_CA_BUNDLE=" CA "\n"},
    {"openssl s_client",
	"openssl s_client -starttls smtp -connect localhost:2587 -CAfile " CA " \\\n"
	"    -verify_return_error -verify_hostname localhost\n"
	"On port 2465 without -starttls smtp.\n"},
    {"Python (smtplib, ssl)",
	"context = ssl.create_default_context(cafile=\"" CA "\")\n"
	"smtp.starttls(context=context)\n"
	"or smtplib.SMTP_SSL(host, 2465, context=context). For ssl.create_default_context()\n"
	"without a file, as Django calls it, in the environment: SSL_CERT_FILE=" CA "\n"
	"starttls() without a context checks nothing.\n"},
    {"Node.js (nodemailer)",
	"In the environment: NODE_EXTRA_CA_CERTS=" CA "\n"
	"or: nodemailer.createTransport({ host: \"localhost\", port: 2587, requireTLS: true,\n"
	"    tls: { ca: fs.readFileSync(\"" CA "\") } })\n"
	"On port 2465 with secure: true.\n"},
    {"PHP (PHPMailer, Symfony Mailer, Laravel)",
	"In php.ini: openssl.cafile=" CA "\n"
	"PHPMailer: $mail->SMTPOptions = ['ssl' => ['cafile' => '" CA "']];\n"
	"Symfony:   $transport->getStream()->setStreamOptions(\n"
	"               ['ssl' => ['cafile' => '" CA "']]);\n"},
    {"Java (JavaMail, Jakarta Mail)",
	"keytool -importcert -noprompt -alias mailassay -file " CA " \\\n"
	"    -keystore trust.p12 -storetype PKCS12 -storepass changeit\n"
	"java -Djavax.net.ssl.trustStore=trust.p12 \\\n"
	"    -Djavax.net.ssl.trustStorePassword=changeit ...\n"
	"This store takes the place of the JDK's; keytool -importcert -cacerts adds to that one.\n"
	"Set mail.smtp.starttls.required and mail.smtp.ssl.checkserveridentity to true, since\n"
	"older versions do not look at the name. mail.smtp.ssl.trust trusts without looking.\n"},
    {"Ruby (Net::SMTP, Action Mailer)",
	"In the environment: SSL_CERT_FILE=" CA "\n"
	"or (Ruby 3.1): Net::SMTP.new(\"localhost\", 2587, starttls: :always, tls_verify: true,\n"
	"    ssl_context_params: { ca_file: \"" CA "\" })\n"
	"config.action_mailer.smtp_settings = { ..., enable_starttls: true,\n"
	"    openssl_verify_mode: \"peer\", ca_file: \"" CA "\" }\n"},
    {"Go", "In the environment: SSL_CERT_FILE=" CA " (on Unix but macOS)\n"
	   "or: pem, err := os.ReadFile(\"" CA "\")\n"
	   "    roots := x509.NewCertPool()\n"
	   "    roots.AppendCertsFromPEM(pem)\n"
	   "    client.StartTLS(&tls.Config{ServerName: \"localhost\", RootCAs: roots})\n"},
    {".NET (MailKit, System.Net.Mail)",
	"On Linux in the environment: SSL_CERT_FILE=" CA "\n"
	"On Windows, as administrator: certutil -addstore Root ca.pem\n"
	"MailKit: client.CheckCertificateRevocation = false; since this CA has no revocation "
	"list.\n"},
    {"Perl (Net::SMTP, IO::Socket::SSL)",
	"$smtp->starttls(SSL_ca_file => '" CA "') or die;\n"
	"or Net::SMTP->new($host, Port => 2465, SSL => 1, SSL_ca_file => '" CA "')\n"
	"or in the environment: SSL_CERT_FILE=" CA "\n"},
    {"Exim", "In the smtp transport:\n"
	     "    hosts_require_tls = *\n"
	     "    tls_verify_certificates = " CA "\n"
	     "    tls_verify_hosts = *\n"
	     "Its user must be able to read the file.\n"},
    {"Postfix", "relayhost = [localhost]:2587\n"
		"smtp_tls_security_level = secure\n"
		"smtp_tls_CAfile = " CA "\n"
		"On port 2465 with smtp_tls_wrappermode = yes.\n"},
    {"All programs of a Debian system",
	"cp " CA " /usr/local/share/ca-certificates/mailassay.crt\n"
	"update-ca-certificates\n"
	"as root. openssl, curl, msmtp, Python, Ruby, Go, PHP, Perl, .NET and Debian's OpenJDK\n"
	"follow; Node.js has a list of its own. Remove the file and run update-ca-certificates\n"
	"--fresh to take it back.\n"},
};

static void write_text(const char *text, const char *ca, struct buffer *out)
{
	const char *at;

	while ((at = strstr(text, CA)) != NULL) {
		buffer_add(out, text, (size_t)(at - text));
		buffer_add_string(out, ca);
		text = at + strlen(CA);
	}
	buffer_add_string(out, text);
}

/* Each line behind four blanks. */
static void write_indented(const char *text, const char *ca, struct buffer *out)
{
	struct buffer line = BUFFER_INIT;

	while (*text != '\0') {
		size_t len = strcspn(text, "\n") + 1;

		buffer_reset(&line);
		buffer_add(&line, text, len);
		buffer_add_string(out, "    ");
		write_text(line.data, ca, out);
		text += len;
	}
	buffer_clear(&line);
}

void trust_write(const char *ca, struct buffer *out)
{
	write_text(BEGINNING, ca, out);
	for (size_t i = 0; i < ARRAY_SIZE(CLIENTS); i++) {
		buffer_printf(out, "\n%s\n", CLIENTS[i].name);
		write_indented(CLIENTS[i].text, ca, out);
	}
}
