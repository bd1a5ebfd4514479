"""Writes inventories in all forms and prints how Ansible reads them, one JSON object a line.

    inventories.py FOLDER SEED COUNT

One process for all: starting Ansible takes longer than reading three hundred inventories.
"""

import json
import os
import random
import sys

import yaml
from ansible.inventory.helpers import sort_groups
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.plugins.loader import connection_loader, init_plugin_loader
from ansible.utils.display import Display
from ansible.vars.manager import VariableManager

HOSTS = ["mx1.example.com", "mx2.example.com", "www", "db-a", "db-b", "h_1", "10.0.0.1", "2001:db8::5", "n1", "n2", "n3", "lone"]
GROUPS = ["web", "mail", "db", "site", "prod", "Z9", "a-b"]
NAMES = [
    "ansible_user", "ansible_ssh_user", "ansible_port", "ansible_ssh_port", "ansible_host", "ansible_ssh_host",
    "ansible_ssh_private_key_file", "ansible_private_key_file",
]


class Maker:
    """A random inventory."""

    def __init__(self, folder, dice):
        self.folder = folder
        self.dice = dice
        # Children come after their parents in all sources, so no group is below itself.
        self.order = dice.sample(GROUPS, len(GROUPS))

    def value(self, name):
        dice = self.dice
        if "port" in name:
            port = dice.randint(1, 65535)
            return dice.choice([port, port, str(port), float(port), None])
        if "host" in name:
            return dice.choice(["192.0.2.%d" % dice.randint(1, 9), "2001:db8::%d" % dice.randint(1, 9), "alias%d" % dice.randint(1, 9)])
        if "key" in name:
            return "/keys/%d" % dice.randint(1, 9)
        return dice.choice(["root", "deploy", "ops%d" % dice.randint(1, 9), dice.randint(1, 99)])

    def variables(self, most=3):
        chosen = self.dice.sample(NAMES, self.dice.randint(0, most))
        found = {name: self.value(name) for name in chosen}
        if self.dice.random() < 0.3:
            found["nginx_workers"] = self.dice.choice([4, [1, 2], {"a": "b"}, "{{ x }}", "a # b"])
        return found

    def shape(self):
        """Groups with hosts, children further down the list, and variables."""
        dice = self.dice
        names = sorted(dice.sample(GROUPS, dice.randint(1, len(GROUPS))), key=self.order.index)
        groups = {}
        for index, name in enumerate(names):
            later = names[index + 1:]
            groups[name] = {
                "hosts": dice.sample(HOSTS, dice.randint(0, 4)),
                "children": dice.sample(later, min(len(later), dice.choice([0, 0, 1, 2]))),
                "vars": self.variables() if dice.random() < 0.6 else {},
            }
            if dice.random() < 0.2:
                groups[name]["vars"]["ansible_group_priority"] = dice.randint(1, 5)
        return groups

    def write(self, path, text, mode=0o644):
        path = os.path.join(self.folder, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
        os.chmod(path, mode)

    # INI

    def literal(self, value, within_line):
        dice = self.dice
        if value is None:
            return "None"
        if isinstance(value, str) and within_line:
            text = value if " " not in value and "#" not in value else None
            if text and dice.random() < 0.6:
                return text + dice.choice(["", "", "#no"])
            return dice.choice(["'%s'", '"%s"']) % value if "'" not in value else '"%s"' % value
        if isinstance(value, (list, dict)):
            return ('"%s"' if within_line else "%s") % repr(value)
        if isinstance(value, str):
            return dice.choice(["%s", "'%s'", '"%s"   # comment', "'%s'  #c"]) % value
        return repr(value) + dice.choice(["", "" if within_line else "   # why"])

    def ini(self, groups, name):
        dice = self.dice
        lines = ["# made"]
        for host in dice.sample(HOSTS, dice.randint(0, 2)):
            lines.append(self.ini_host(host))
        sections = []
        for group, parts in groups.items():
            own = [[f"[{group}]" + dice.choice(["", "  # hosts", " "])] + [self.ini_host(host) for host in parts["hosts"]]]
            if parts["children"]:
                own.append([f"[{group}:children]"] + [child + dice.choice(["", " # child"]) for child in parts["children"]])
            if parts["vars"]:
                own.append([f"[{group}:vars]"] + [
                    key + dice.choice(["=", " = "]) + self.literal(value, False) for key, value in parts["vars"].items()
                ])
            sections += own
        if dice.random() < 0.5:
            sections.append(["[all:vars]"] + [f"{key}={self.literal(value, False)}" for key, value in self.variables().items()])
        if dice.random() < 0.06:
            sections.append(["[odd:children]", "nothing_here"])
        dice.shuffle(sections)
        for section in sections:
            lines += section + dice.choice([[], [""], ["; old comment", "\t# another"]])
        self.write(name, dice.choice(["\n", "\n", "\r\n"]).join(lines) + "\n")

    def ini_host(self, host):
        dice = self.dice
        shown = host
        if dice.random() < 0.15:
            shown = f"[{host}]:{dice.randint(1, 999)}" if ":" in host else f"{host}:{dice.randint(1, 999)}"
        elif host == "n1":
            shown = dice.choice(["n[1:3]", "n[1:3:2]", "n1"])
        elif host == "db-a":
            shown = dice.choice(["db-[a:b]", "db-a"])
        words = [f"{key}={self.literal(value, True)}" for key, value in self.variables(2).items()]
        return dice.choice([" ", "\t", "  "]).join([shown] + words) + dice.choice(["", "", "   # note"])

    # YAML

    def yaml(self, groups, name, json_form=False):
        dice = self.dice
        tree = {}
        for group, parts in groups.items():
            body = {}
            keys = ["hosts", "children", "vars"]
            dice.shuffle(keys)
            for key in keys:
                if key == "hosts" and parts["hosts"]:
                    body[key] = {host: dice.choice([None, {}, self.variables(2)]) for host in parts["hosts"]}
                elif key == "children" and parts["children"]:
                    body[key] = {child: None for child in parts["children"]}
                elif key == "vars" and parts["vars"]:
                    body[key] = parts["vars"]
            if dice.random() < 0.1:
                body["description"] = "ours"
            tree[group] = body or None
        if dice.random() < 0.6:
            own = {"hosts": {host: self.variables(2) for host in dice.sample(HOSTS, dice.randint(0, 3))}, "vars": self.variables()}
            nested = dice.random() < 0.4
            tree = {"all": {**own, "children": tree}} if nested else {"all": own, **tree}
        self.write(name, json.dumps(tree) if json_form else yaml.safe_dump(tree, sort_keys=False))

    # Programs

    def program(self, groups, name):
        dice = self.dice
        found = {}
        for group, parts in groups.items():
            body = {key: parts[key] for key in ["hosts", "children", "vars"] if parts[key]}
            found[group] = body["hosts"] if list(body) == ["hosts"] and dice.random() < 0.5 else body or {"hosts": []}
        named = sorted({host for parts in groups.values() for host in parts["hosts"]})
        hostvars = {host: self.variables() for host in named if dice.random() < 0.6}
        if dice.random() < 0.7:
            found["_meta"] = {"hostvars": {**hostvars, "ghost": {"ansible_port": 1}}}
        cases = "".join(f"    {host}) cat <<'END'\n{json.dumps(value)}\nEND\n    ;;\n" for host, value in hostvars.items())
        text = "#!/bin/sh\necho noise >&2\nif [ \"$1\" = --host ]; then case $2 in\n" + cases + "    *) echo '{}' ;; esac\nexit; fi\n"
        self.write(name, text + "cat <<'END'\n" + json.dumps(found) + "\nEND\n", 0o755)

    def beside(self, folder, names, kind):
        """Variables in files, with others around them."""
        dice = self.dice
        for name in names:
            if dice.random() > 0.3:
                continue
            text = yaml.safe_dump(self.variables()) if dice.random() < 0.9 else ""
            form = dice.randint(0, 5)
            if form == 4:
                for part in dice.sample(["a.yml", "b", "c.json", "d.yaml", "x/e.yml", ".hidden.yml", "f.yml~", "g.txt"], 3):
                    if part == "c.json":
                        text = json.dumps(self.variables())
                    self.write(f"{folder}/{kind}/{name}/{part}", text)
            else:
                ending = ["", ".yml", ".yaml", ".json", "", ".txt"][form]
                self.write(f"{folder}/{kind}/{name}{ending}", json.dumps(self.variables()) if form == 3 else text)
            if dice.random() < 0.2:
                self.write(f"{folder}/{kind}/{name}.yml", yaml.safe_dump(self.variables()))
        if dice.random() < 0.3:
            self.write(f"{folder}/{kind}/README.md", "# not: [variables\n")
            self.write(f"{folder}/{kind}/README", "@ not yaml: [\n")

    def source(self, number):
        dice = self.dice
        form = dice.choice(["ini", "ini", "yaml", "yaml", "json", "program", "folder", "list"])
        folder = f"s{number}"
        if form == "list":
            names = dice.sample(HOSTS[:6], dice.randint(1, 3))
            return ",".join(name + dice.choice(["", ":22"]) for name in names) + ","
        path = f"{folder}/hosts"
        if form == "ini":
            path += dice.choice(["", ".ini", ".prod"])
            self.ini(self.shape(), path)
        elif form in ("yaml", "json"):
            path += dice.choice([".yml", ".yaml"]) if form == "yaml" else ".json"
            self.yaml(self.shape(), path, form == "json")
        elif form == "program":
            self.program(self.shape(), path)
        else:
            path = folder
            self.ini(self.shape(), f"{folder}/10-first")
            self.yaml(self.shape(), f"{folder}/sub/hosts.yml")
            self.write(f"{folder}/sub.txt", "[[[")
            self.ini(self.shape(), f"{folder}/sub.ini")
            if dice.random() < 0.5:
                os.symlink("sub.ini", os.path.join(self.folder, folder, "zz-link"))
        self.beside(folder, GROUPS + ["all", "ungrouped"], "group_vars")
        self.beside(folder, HOSTS, "host_vars")
        return os.path.join(self.folder, path)

    def make(self):
        sources = [self.source(number) for number in range(self.dice.choice([1, 1, 1, 2, 3]))]
        playbook = None
        if self.dice.random() < 0.3:
            playbook = os.path.join(self.folder, "book")
            os.makedirs(playbook, exist_ok=True)
            self.beside("book", GROUPS + ["all"], "group_vars")
            self.beside("book", HOSTS, "host_vars")
        return sources, playbook


def is_ordered(group):
    """Whether no level has two groups with children: their order would change from run to run."""
    level, seen = {group} | set(group.child_groups), {group}
    level.discard(group)
    while level:
        seen |= level
        if len([one for one in level if one.child_groups]) > 1:
            return False
        level = {child for one in level for child in one.child_groups} - seen
    return True


def read(sources, playbook):
    """Ansible's reading of it."""
    failed = []
    Display.error_as_warning = lambda self, msg, *more, **others: failed.append(str(msg) + str(others.get("exception")))
    loader = DataLoader()
    if playbook:
        loader.set_basedir(playbook)
    inventory = InventoryManager(loader=loader, sources=sources)
    manager = VariableManager(loader=loader, inventory=inventory)
    connection = connection_loader.get("ssh", PlayContext())
    hosts = {}
    for name, host in inventory.hosts.items():
        variables = manager.get_vars(host=host, include_hostvars=False, stage="all")
        connection.set_options(var_options=variables)
        groups = [group.name for group in sort_groups(host.get_groups())]
        found = {option: connection.get_option(option) for option in ["host", "port", "remote_user", "private_key_file"]}
        hosts[name] = {"groups": groups, **{key: value if value is None else str(value) for key, value in found.items()}}
    return {
        "failed": failed, "hosts": hosts,
        "groups": [
            {"name": name, "hosts": [host.name for host in group.get_hosts()], "ordered": is_ordered(group)}
            for name, group in inventory.groups.items()
        ],
    }


def main(words):
    init_plugin_loader()
    Display.display = lambda self, *words, **more: None
    folder, seed, count = words[0], int(words[1]), int(words[2])
    for number in range(count):
        maker = Maker(os.path.join(folder, f"{number:03}"), random.Random(seed * 100_000 + number))
        sources, playbook = maker.make()
        print(json.dumps({"number": number, "sources": sources, "playbook": playbook, **read(sources, playbook)}))


main(sys.argv[1:])
