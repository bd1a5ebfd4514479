"""The Smart host tab: unknown names are drawn, and nothing else has an effect. §5, §9.2."""

import json
import random
from unittest.mock import patch

from mailenable import keys
from mailenable.draw import BOXES, PASSWORDS, drawn, read, written
from mailenable.product import VERBS
from mailenable.settings import SmartHost, press_ok, smart_host
from tests.installation import TAB, Installation

GUESSES = ("Smart Host", "SmartHost", "Smart Host Enabled", "Relay Server", "Relay Host", "Smart Host Port")


class DrawTests(Installation):
    def test_names_differ_between_draws_and_are_no_guess(self):
        seen = [drawn() for _ in range(200)]
        self.assertGreater(len({draw.names["host"] for draw in seen}), 40)
        for draw in seen:
            names = [name.lower() for name in [*draw.names.values(), draw.revision]]
            self.assertEqual(len(set(names)), 7)
            self.assertFalse(set(names) & {guess.lower() for guess in GUESSES})
            self.assertFalse(set(names) & {name.lower() for name in keys.installed("", "")[keys.SMTP]})
        self.assertEqual({draw.boxes["enabled"] for draw in seen}, set(BOXES))
        self.assertEqual({draw.password for draw in seen}, {"plain"})

    def test_a_draw_survives_as_text_and_shows_no_secret(self):
        draw = drawn("any", random.Random(7))
        self.assertEqual(read(written(draw)), draw)
        self.assertNotIn(draw.key, json.dumps(draw.shown()))
        self.assertNotIn(draw.mark, json.dumps(draw.shown()))

    def test_passwords_in_each_form(self):
        for form in PASSWORDS:
            draw = drawn(form)
            kind, value = draw.stored("pässword")
            self.assertEqual(draw.plain(kind, value), "pässword")
            self.assertEqual("pässword" in str(value), form == "plain")
            self.assertEqual(draw.plain("DWord", "1"), "")
        self.assertEqual(drawn("scrambled").plain("String", "pässword"), "")


class TabTests(Installation):
    def test_what_the_console_writes_is_what_the_service_reads(self):
        for number in range(60):
            self.begin("clean", drawn("any", random.Random(number)))
            self.assertEqual(smart_host(self.registry, self.host.draw), SmartHost())
            press_ok(self.registry, self.host.draw, TAB)
            self.assertEqual(smart_host(self.registry, self.host.draw), TAB)

    def test_a_value_of_another_type_is_not_there(self):
        draw = self.host.draw
        for field, default in vars(SmartHost()).items():
            press_ok(self.registry, draw, TAB)
            row = self.value(draw.names[field])
            other = "DWord" if row["Kind"] == "String" else "String"
            self.registry.write(keys.SMTP, row["Name"], other, "1" if other == "DWord" else row["Value"])
            self.assertEqual(smart_host(self.registry, draw), SmartHost(**(vars(TAB) | {field: default})), field)

    def test_a_box_has_two_words(self):
        for box, (kind, on, off) in BOXES.items():
            draw = read(json.dumps(json.loads(written(drawn())) | {"boxes": {"enabled": box, "authenticate": box}}))
            press_ok(self.registry, draw, TAB)
            self.assertEqual(self.registry.values(keys.SMTP)[0]["Kind"], "String")
            for value, ticked in [(on, True), (off, False), ("2" if kind == "DWord" else "on", False)]:
                self.registry.write(keys.SMTP, draw.names["enabled"], kind, value)
                self.assertEqual(smart_host(self.registry, draw).enabled, ticked, (box, value))

    def test_guesses_have_no_effect(self):
        for name in GUESSES:
            for kind, value in [("DWord", "1"), ("String", "outgoing.example.net")]:
                self.registry.write(keys.SMTP, name, kind, value)
                self.assertEqual(smart_host(self.registry, self.host.draw), SmartHost())
        self.registry.write(keys.SMTP, keys.FALLBACK, "DWord", "1")
        self.registry.write(keys.SMTP, keys.FALLBACK_SERVER, "String", "outgoing.example.net")
        self.assertFalse(self.host.settings.smart_host.enabled)

    def test_values_may_be_missing_until_the_tab_was_used(self):
        """KB ME020415 says that a missing value means disabled."""
        for missing in (True, False):
            draw = read(json.dumps(json.loads(written(drawn())) | {"missing": missing}))
            self.begin("clean", draw)
            self.assertEqual(self.value(draw.names["host"]) is None, missing)
            self.assertFalse(self.host.settings.smart_host.enabled)

    def test_each_ok_raises_the_stamp(self):
        draw = self.host.draw
        for _ in range(2):
            press_ok(self.registry, draw, TAB)
        first = int(self.value(draw.revision)["Value"])
        press_ok(self.registry, draw, TAB)
        self.assertEqual(int(self.value(draw.revision)["Value"]), first + 1)


class OperatorTests(Installation):
    """`stand-in smarthost`"""

    def setUp(self):
        super().setUp()
        self.enterContext(patch("mailenable.product.this_host", lambda: self.host))
        self.restarted: list[str] = []
        self.enterContext(patch("mailenable.product.systemctl", lambda *words: self.restarted.extend(words)))

    def tab(self, *words: str) -> SmartHost:
        VERBS["smarthost"](list(words))
        return self.host.settings.smart_host

    def test_the_boxes_and_fields(self):
        self.assertEqual(self.tab("a.example"), SmartHost(True, "a.example", 25))
        self.assertEqual(self.tab("b.example", "587", "u", "p"), SmartHost(True, "b.example", 587, True, "u", "p"))
        self.assertEqual(self.tab("off"), SmartHost(False, "b.example", 587, True, "u", "p"))
        # The fields below an unticked box stay.
        self.assertEqual(self.tab("c.example", "26"), SmartHost(True, "c.example", 26, False, "u", "p"))
        with self.assertRaises(ValueError):
            self.tab("a", "25", "user")

    def test_models(self):
        for model, enabled in [("smarthost", True), ("login", True), ("unticked", False), ("plesk", False)]:
            VERBS["model"]([model])
            self.assertEqual(self.host.settings.smart_host.enabled, enabled)
        self.assertIn("Plesk\\Mail Servers\\Mail Enable\\Logging\\SMTP", self.host.settings.activity)
        VERBS["model"](["login"])
        self.assertEqual(self.host.settings.smart_host.user, "out@example.com")

    def test_a_draw_anew(self):
        before = self.host.draw
        VERBS["draw"](["scrambled"])
        self.assertEqual(self.host.draw.password, "scrambled")
        self.assertNotEqual(self.host.draw.mark, before.mark)
        self.assertIn("MESMTPCS.service", self.restarted)
        with self.assertRaises(ValueError):
            VERBS["draw"](["other"])
