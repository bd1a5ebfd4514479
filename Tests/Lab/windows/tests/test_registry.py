"""The registry and its files."""

from testing.contract import Disk
from windows.errors import CmdletError
from windows.regfile import HEAD, exported, imported
from windows.registry import Registry


class RegistryTests(Disk):
    key = "HKLM:\\SOFTWARE\\WOW6432Node\\X"

    def setUp(self):
        super().setUp()
        self.registry = Registry(self.root)
        self.registry.write_all(
            {
                self.key: {"Port": ("DWord", 587), "name": ("String", 'a "b" \\c')},
                self.key + "\\Sub": {"Long": ("Binary", list(range(60))), "Two": ("MultiString", ["a", "b"])},
                self.key + "Y": {"other": ("String", "")},
            }
        )

    def test_a_tree_is_a_key_and_what_is_below(self):
        rows = [(row["Key"], row["Name"]) for row in self.registry.tree(self.key.lower())]
        self.assertEqual(
            rows, [(self.key, "name"), (self.key, "Port")] + [(self.key + "\\Sub", "Long"), (self.key + "\\Sub", "Two")]
        )

    def test_an_export_is_one_of_the_32_bit_view(self):
        content = exported(self.registry, "HKLM\\SOFTWARE\\X")
        self.assertEqual(content[:2], b"\xff\xfe")
        lines = content.decode("utf-16").split("\r\n")
        self.assertEqual(
            lines[:4],
            [
                "Windows Registry Editor Version 5.00",
                "",
                "[HKEY_LOCAL_MACHINE\\SOFTWARE\\X]",
                '"name"="a \\"b\\" \\\\c"',
            ],
        )
        self.assertIn('"Port"=dword:0000024b', lines)
        self.assertTrue(all(len(line) <= 80 for line in lines))
        self.assertIn('"Two"=hex(7):61,00,00,00,62,00,00,00,00,00', lines)
        with self.assertRaises(CmdletError):
            exported(self.registry, "HKLM\\SOFTWARE\\No")

    def test_an_import_adds_and_overwrites_and_takes_nothing_out(self):
        """§5"""
        content = exported(self.registry, "HKLM\\SOFTWARE\\X")
        before = self.registry.tree(self.key)
        self.registry.write(self.key, "Port", "String", "x")
        self.registry.write(self.key, "later", "String", "x")
        imported(self.registry, content)
        after = self.registry.tree(self.key)
        self.assertEqual([row for row in after if row["Name"] != "later"], before)
        self.assertEqual(len(after), len(before) + 1)
        imported(self.registry, (HEAD + '\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\X]\r\n"later"=-\r\n').encode("utf-16"))
        self.assertEqual(self.registry.tree(self.key), before)
