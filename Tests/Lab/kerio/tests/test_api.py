"""The administration API: sessions, the list of rules and its passwords."""

import json

from kerio.control import RELEASES
from kerio.models import rule
from kerio.tests.home import FQDN, ApiHome
from labmail.queue import Message
from labmail.session import Hop

GET, SET = "Smtp.getRelayDeliveryRuleList", "Smtp.setRelayDeliveryRuleList"


class SessionTests(ApiHome):
    def test_token_and_cookie_are_both_required(self):
        self.assertEqual(self.code("Server.getVersion"), -32001)
        self.log_in()
        self.assertEqual(self.result("Server.getVersion")["major"], 10)
        self.assertEqual(self.code("Server.getVersion", X_Token=1), -32001)
        self.assertEqual(self.code("Server.getVersion", Cookie=1), -32001)
        self.token = "0" * 64
        self.assertEqual(self.code("Server.getVersion"), -32001)

    def test_a_wrong_login(self):
        for user, password in [("admin", "wrong"), ("nobody", "secret"), ("admin@else.test", "secret"), ("admin", "")]:
            error = self.log_in(user, password)["error"]
            self.assertEqual((error["code"], error["message"]), (1000, "Username or password is not correct."))
            self.assertEqual(error["data"]["messageParameters"], {"positionalParameters": [], "plurality": 1})
        self.assertEqual(self.log_in("alice", "mail")["error"]["code"], -32001)
        self.assertIn("result", self.log_in(f"Admin@{FQDN}"))
        self.assertNotIn("wrong", (self.home / "store/logs/security.log").read_text())

    def test_logout(self):
        self.log_in()
        self.result("Session.logout")
        self.assertEqual(self.code("Server.getVersion"), -32001)

    def test_expiry(self):
        self.log_in()
        self.state.set(expire_after=2)
        self.result("Session.whoAmI")
        self.result("Session.whoAmI")
        self.assertEqual(self.code("Session.whoAmI"), -32001)
        self.state.set(expire_after=None)
        self.log_in()
        self.state.set(expired=4000000000.0)
        error = self.call("Session.whoAmI")["error"]
        self.assertEqual((error["code"], error["message"]), (-32001, "Session expired."))

    def test_who_am_i(self):
        for user, password, role in [("admin", "secret", "FullAdmin"), ("viewer", "look", "Auditor")]:
            self.log_in(user, password)
            details = self.result("Session.whoAmI")["userDetails"]
            self.assertEqual(details["effectiveRole"]["userRole"], role)

    def test_who_may_only_read(self):
        self.log_in("viewer", "look")
        self.assertEqual(len(self.result(GET)["list"]), 1)
        self.assertEqual(self.code(SET, {"list": []}), 1000)
        self.assertEqual(len(self.stored()), 1)

    def test_what_is_no_call(self):
        self.assertEqual(json.loads(self.post(b"{")[1])["error"]["code"], -32700)
        self.assertEqual(json.loads(self.post(b"[]")[1])["error"]["code"], -32600)
        self.assertEqual(json.loads(self.post(b'{"jsonrpc":"2.0","id":1,"method":1}')[1])["error"]["code"], -32600)
        self.assertEqual(self.post(b"{}", "/admin/other")[0], 404)
        self.assertEqual(self.post(b"", verb="GET")[0], 404)
        self.log_in()
        self.assertEqual(self.code("Smtp.nonsense"), -32601)

    def test_product(self):
        self.log_in()
        info = self.result("Server.getProductInfo")["info"]
        self.assertEqual((info["productName"], info["os"]), ("Kerio Connect", "Linux"))
        self.assertEqual(self.result("Server.getVersion")["product"], "Kerio Connect")


class RuleListTests(ApiHome):
    model = "several"

    def setUp(self):
        super().setUp()
        self.log_in()

    def get(self):
        return self.result(GET)["list"]

    def set(self, rules):
        return self.result(SET, {"list": rules})

    def test_before_nine_there_is_no_list(self):
        self.state.set(release=RELEASES["8"])
        self.assertEqual(self.code(GET), -32601)
        self.assertEqual(self.code(SET, {"list": []}), -32601)
        self.assertEqual(self.result("Server.getVersion")["major"], 8)
        self.assertIn("useSSL", self.result("Smtp.get")["server"])

    def test_passwords_are_never_read(self):
        self.assertEqual({one["authentication"]["password"] for one in self.get()}, {""})
        self.assertIn("secret of out", self.stored())

    def test_an_empty_password_erases(self):
        self.set(self.get())
        self.assertEqual(set(self.stored()), {""})

    def test_the_id_stands_for_the_password(self):
        before = self.stored()
        rules = self.get()
        for one in rules:
            one["authentication"]["password"] = one["id"]
        self.set(rules[::-1])
        self.assertEqual(self.stored(), before[::-1])

    def test_the_id_of_another_rule(self):
        rules = self.get()
        fresh = rule("new", "relay.example.net", 25, "x", rules[3]["id"])
        del fresh["id"]
        self.set([fresh])
        self.assertEqual(self.stored(), ["secret of out"])

    def test_an_id_as_a_mere_password(self):
        self.state.set(id_copy="literal")
        rules = self.get()[3:]
        rules[0]["authentication"]["password"] = rules[0]["id"]
        known = rules[0]["id"]
        self.set(rules)
        self.assertEqual(self.stored(), [known])

    def test_a_password_that_is_left_out(self):
        for mode, wanted in [("keeps", "secret of out"), ("erases", "")]:
            self.state.set(password_left_out=mode)
            rules = self.get()[-1:]
            del rules[0]["authentication"]["password"]
            self.set(rules)
            self.assertEqual(self.stored(), [wanted])

    def test_ids_are_new(self):
        before = [one["id"] for one in self.get()]
        self.set(self.get())
        after = [one["id"] for one in self.get()]
        self.assertEqual(len(after), 4)
        self.assertFalse(set(before) & set(after))
        self.assertTrue(all(one.startswith("keriodb://") for one in after))

    def test_the_whole_list_is_replaced(self):
        self.set([])
        self.assertEqual(self.get(), [])

    def test_what_no_rule_is(self):
        good = self.get()
        for place, value in [
            ("port", "587"), ("port", True), ("isEnabled", 1), ("condition", None), ("nonsense", 1), ("hostName", None)
        ]:
            with self.subTest(place=place, value=value):
                self.assertEqual(self.code(SET, {"list": [good[0] | {place: value}]}), -32602)
        for place, value in [("port", 0), ("port", 65536), ("hostName", ""), ("hostName", "a b")]:
            with self.subTest(place=place, value=value):
                self.assertEqual(self.code(SET, {"list": [good[0] | {place: value}]}), 1000)
        condition = good[0]["condition"]
        for place, value, code in [("test", "RelayCondOther", -32602), ("pattern", "", 1000)]:
            self.assertEqual(self.code(SET, {"list": [good[0] | {"condition": condition | {place: value}}]}), code)
        self.assertEqual(self.code(SET, {}), -32602)
        self.assertEqual(len(self.stored()), 4)

    def test_effective_at_once(self):
        self.set([{key: value for key, value in rule("new", "new.test", 26).items() if key != "id"}])
        message = Message("a@here.test", ["b@there.test"], "")
        self.assertEqual(self.mail.way(message, "b@there.test").hops, (Hop("new.test", 26),))

    def test_smtp_settings(self):
        server = self.result("Smtp.get")["server"]
        self.assertTrue(server["useSSL"])
        self.result("Smtp.set", {"server": server | {"useSSL": False}})
        self.assertFalse(self.result("Smtp.get")["server"]["useSSL"])
        self.assertEqual(self.code("Smtp.set", {"server": {"useSSL": True}}), -32602)
