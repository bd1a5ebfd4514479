"""A server of an organisation that knows the tests' own texts, for tests of the contract with mtactl."""

import json
from unittest.mock import patch

from standin import shells
from testing import contract
from tests.organisation import Organisation


class Contract(contract.Contract, Organisation):
    installed = ["MSExchangeTransport"]

    def setUp(self):
        super().setUp()
        accounts = self.root / "accounts.json"
        accounts.write_text(json.dumps({"mtactl": "right"}))
        self.enterContext(patch.object(shells, "ACCOUNTS", accounts))
