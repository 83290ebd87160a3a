"""Who brings whom, for Graphviz: python graph.py FOLDER | dot -Tsvg > fleet.svg"""

import sys

import aoa

fleet = aoa.load(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
print("digraph fleet {\n  rankdir=LR; node [shape=box];")
for app_set in fleet.app_sets:
    print(f'  "set {app_set["name"]}" [shape=diamond];')
    if app_set["parent"]:
        print(f'  "{app_set["parent"]["name"]}" -> "set {app_set["name"]}";')
for app in fleet:
    if app.app_set:
        print(f'  "set {app.app_set.name}" -> "{app.name}";')
    elif app.parent:
        print(f'  "{app.parent.name}" -> "{app.name}";')
    else:
        print(f'  "{app.name}" [style=bold];')
print("}")
