"""How the end of a session appears in LastError: §0a.8."""

import smtplib
import ssl
import unittest

from standin.lasterror import last_error
from standin.smtp import Refusal, _refusal, name_to_find, validated
from standin.versions import VERSIONS


class RefusalTests(unittest.TestCase):
    def test_what_is_no_answer(self):
        for error, text in [
            (TimeoutError(), "421 4.4.1 Connection timed out"),
            (
                smtplib.SMTPServerDisconnected("Connection unexpectedly closed: timed out"),
                "421 4.4.1 Connection timed out",
            ),
            (smtplib.SMTPServerDisconnected("gone"), "421 4.4.2 Connection dropped due to SocketError"),
            (ConnectionResetError(), "421 4.4.2 Connection dropped due to SocketError"),
            (ssl.SSLError("eof"), "421 4.4.2 Connection dropped due to SocketError"),
            (ConnectionRefusedError(), "421 4.2.1 Unable to connect (Winsock error code: 10061)"),
            (smtplib.SMTPResponseException(421, b"4.3.2 busy"), "421 4.3.2 busy"),
        ]:
            self.assertEqual(_refusal(error).text, text)

    def test_the_form_of_each_release(self):
        refusal = Refusal("421 4.3.2 busy", answered=True)
        old = last_error(VERSIONS["2010"], refusal, "a.example", "192.0.2.1", 0)
        self.assertTrue(old.startswith('451 4.4.0 Primary target IP address responded with: "421 4.3.2 busy."'), old)
        new = last_error(VERSIONS["2013"], refusal, "a.example", "192.0.2.1", 0, proxied=True)
        self.assertRegex(
            new, r"^\[\{LRT=.*\};\{LED=450 4\.7\.0 Proxy session setup failed on Frontend with '451 4\.4\.0 .*'\};"
        )
        plain = last_error(
            VERSIONS["SE"], Refusal("451 5.7.3 Require basic authentication"), "[192.0.2.1]", "192.0.2.1", 0
        )
        self.assertIn("{LED=451 5.7.3 Require basic authentication};{FQDN=192.0.2.1};{IP=192.0.2.1}]", plain)

    def test_which_name_a_certificate_is_to_have(self):
        for mechanism, level, domain, name in [
            ("BasicAuthRequireTLS", None, None, "smart.example"),
            ("None", "CertificateValidation", None, None),
            ("None", "DomainValidation", None, "recipient.example"),
            ("None", "DomainValidation", "set.example", "set.example"),
        ]:
            connector = {"SmartHostAuthMechanism": mechanism, "TlsAuthLevel": level, "TlsDomain": domain}
            self.assertEqual(name_to_find(connector, "smart.example", "recipient.example"), name)

    def test_when_a_certificate_matters(self):
        for mechanism, level, answer in [
            ("None", None, False),
            ("None", "EncryptionOnly", False),
            ("None", "CertificateValidation", True),
            ("None", "DomainValidation", True),
            ("BasicAuth", None, False),
            ("BasicAuthRequireTLS", None, True),
        ]:
            self.assertEqual(validated({"SmartHostAuthMechanism": mechanism, "TlsAuthLevel": level}), answer)
