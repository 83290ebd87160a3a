"""What another inventory would change: python what_if.py FOLDER CONFIGURATION

The configuration is a second ``aoa.yaml`` that names other clusters.
"""

import sys

import aoa

if len(sys.argv) != 3:
    sys.exit("usage: what_if.py FOLDER CONFIGURATION")
folder, config = sys.argv[1:]
before = {app.name: app for app in aoa.load(folder).resolve()}
after = {app.name: app for app in aoa.load(folder, config).resolve()}
for name, app in before.items():
    if name not in after:
        print(f"- {name} on {app.cluster}")
for name, app in after.items():
    if name not in before:
        print(f"+ {name} on {app.cluster}")
for name, app in after.items():
    if name in before and before[name].spec != app.spec:
        print(f"~ {name} on {app.cluster}")
