"""Which Applications run where: python apps_per_cluster.py FOLDER"""

import sys

import aoa

fleet = aoa.load(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
clusters: dict[str, list[str]] = {}
for app in fleet:
    clusters.setdefault(app.cluster or "no cluster", []).append(app.name)
for cluster, apps in sorted(clusters.items()):
    print(f"{cluster}: {', '.join(apps)}")
