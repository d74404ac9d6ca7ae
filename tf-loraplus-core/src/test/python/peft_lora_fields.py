"""Lists the fields of peft's LoraConfig with the value that adapter_config.json has by default.

Usage: python peft_lora_fields.py OUT.json
"""

import dataclasses
import json
import pathlib
import sys

import peft
from peft import LoraConfig


def main(out):
    written = LoraConfig(target_modules=["query"]).to_dict()
    fields = {f.name: written[f.name] for f in dataclasses.fields(LoraConfig) if f.name in written}
    fields["target_modules"] = sorted(fields["target_modules"])
    fields["peft_type"] = fields["peft_type"].value
    pathlib.Path(out).write_text(
        json.dumps(dict(peft=peft.__version__, fields=fields), indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
