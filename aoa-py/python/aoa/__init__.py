"""Resolves Argo CD app-of-apps fleets offline.

>>> fleet = load(".").resolve()          # doctest: +SKIP
>>> [app.name for app in fleet.apps]     # doctest: +SKIP
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Optional, Union

from . import _aoa

__all__ = [
    "App", "Built", "Changes", "Checked", "Conflict", "Content", "Document", "Error", "Failed", "Finding", "Findings", "Fleet", "Hook", "Known", "Loaded", "Order",
    "Need", "Ref", "Rendered", "Skipped", "Unknown", "build_kustomization", "diff", "load", "render_chart",
]
__version__: str = _aoa.__version__


class Error(Exception):
    """Why there is no answer.

    ``kind`` is one of ``syntax``, ``invalid``, ``not-found``, ``unsupported``, ``limit``, ``internal``; ``help`` says what to do.
    """

    def __init__(self, message: str, kind: str = "invalid", help: Optional[str] = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.help = help
        # Tracebacks show it, from Python 3.11 on.
        if help is not None and hasattr(self, "add_note"):
            self.add_note(f"help: {help}")

    def __reduce__(self) -> tuple[Any, ...]:
        return (Error, (str(self), self.kind, self.help))


@dataclass(frozen=True)
class Ref:
    """Names an Application, ApplicationSet or AppProject."""

    kind: str
    namespace: str
    name: str


@dataclass(frozen=True)
class Known:
    """The content of an Application is known: its manifests, by group, kind, namespace and name."""

    manifests: Sequence[dict[str, Any]]


@dataclass(frozen=True)
class Unknown:
    """Something was not given. Unknown is not empty."""

    reason: str
    remedy: str


@dataclass(frozen=True)
class Failed:
    """Argo CD fails on what is there: nothing of the Application is synced or pruned."""

    reason: str


@dataclass(frozen=True)
class Skipped:
    """The options said not to render."""


Content = Union[Known, Unknown, Failed, Skipped]


@dataclass(frozen=True)
class Finding:
    """Something to be said about a fleet: one cause, with whom it touches and where it can be seen."""

    rule: str
    severity: str
    message: str
    path: Optional[str]
    line: Optional[int]
    column: Optional[int]
    app: Optional[str]
    help: Optional[str]
    fingerprint: str
    subjects: tuple[Ref, ...] = ()
    standing: str = "open"
    #: The commit that the file is read at, where that is not what is checked out.
    commit: Optional[str] = None


class Findings(tuple[Finding, ...]):
    """Findings, errors first."""

    @property
    def open(self) -> Findings:
        """Those that count: neither waived nor in the baseline."""
        return Findings(finding for finding in self if finding.standing in ("open", "aged"))

    def columns(self) -> dict[str, list[Any]]:
        """One list for each field, for any data frame: ``pandas.DataFrame(fleet.findings.columns())``."""
        return {f.name: [getattr(finding, f.name) for finding in self] for f in fields(Finding) if f.name != "subjects"}


class Checked(Findings):
    """What :meth:`Fleet.check` found."""

    data: dict[str, Any]
    _fleet: Fleet
    _arguments: tuple[Any, ...]

    def __repr__(self) -> str:
        summary = self.summary
        return f"<Checked: {summary['errors']} errors, {summary['warnings']} warnings, {summary['infos']} notes>"

    @property
    def summary(self) -> dict[str, Any]:
        """How many errors, warnings and notes count, how many are waived or known, and whether the check fails."""
        return self.data["summary"]

    @property
    def fails(self) -> bool:
        """Whether a finding of the severity to fail on counts: ``aoa check`` exits with 1."""
        return self.summary["fails"]

    def report(self, format: str = "json") -> str:
        """The same bytes as ``aoa check -o FORMAT`` prints: ``json``, ``sarif``, ``github``, ``gitlab``, ``markdown``, ``junit``."""
        return _call(self._fleet._native.check, format, *self._arguments)


@dataclass(frozen=True)
class Need:
    """Something that was not given, with whom it touches."""

    kind: str
    reason: str
    remedy: str
    subjects: tuple[Ref, ...]


@dataclass(frozen=True)
class Conflict:
    """An object that more than one parent brings; the first is kept, ``parent`` came later."""

    object: Ref
    parent: Optional[Ref]
    same: bool


def load(
    path: Union[str, "os.PathLike[str]"] = ".",
    config: Union[str, "os.PathLike[str]", None] = None,
    branch: Optional[str] = None,
) -> Loaded:
    """Loads the fleet of a folder: its repository, ``aoa.yaml``, inventory and recorded answers. Nothing is fetched.

    ``branch`` is what the checkout is to be merged into: ``branch`` of ``aoa.yaml``, else origin's default branch. Raises
    :class:`Error` for a folder or configuration that cannot be read.
    """
    folder, file = os.fspath(path), None if config is None else os.fspath(config)
    return Loaded(_call(_aoa.load, folder, file, branch), folder, file, branch)


def diff(
    *what: Union[str, "os.PathLike[str]"],
    repo: Union[str, "os.PathLike[str]"] = ".",
    config: Union[str, "os.PathLike[str]", None] = None,
    branch: Optional[str] = None,
    check: bool = False,
    show_secrets: bool = False,
) -> Changes:
    """What a change adds, moves and deletes: ``diff("main...")``, ``diff("v1..v2")`` or ``diff(before, after)`` of two folders
    or outputs of earlier runs.

    Revisions are read as git reads them, in the repository that ``repo`` lies in; nothing stands for the default branch. An output is a
    file that :meth:`Fleet.to_json` wrote with ``manifests=True``; one by itself is compared with the working tree. ``branch``
    is what the change is to be merged into: the first branch that is named, else as :func:`load` has it. With ``check`` all rules of the check are asked about both sides, under the policies, exceptions and waivers of the older one:
    :attr:`Changes.introduced` is what the change brings. Raises :class:`Error` for what cannot be read.
    """
    if len(what) > 2:
        raise TypeError(f"at most two folders, outputs or revisions can be compared, not {len(what)}")
    file = None if config is None else os.fspath(config)
    sides = [os.fspath(one) for one in what]
    return Changes(_call(_aoa.diff, sides, os.fspath(repo), file, branch, check, show_secrets))


class _Answer:
    """What a verb answers, as JSON and as data."""

    def __init__(self, text: str) -> None:
        self._text = text

    def to_json(self) -> str:
        """The same bytes as the command prints with ``-o json``."""
        return self._text

    @cached_property
    def data(self) -> dict[str, Any]:
        """The same as data."""
        return json.loads(self._text)


class Changes(_Answer):
    """What changes from one fleet to another."""

    def __repr__(self) -> str:
        summary = self.summary
        return f"<Changes: {summary['deleted']} deleted, {summary['changed']} changed, {summary['added']} added>"

    def __bool__(self) -> bool:
        findings = self.data["findings"]
        return bool(self.data["apps"] or findings["introduced"] or findings["fixed"])

    @property
    def apps(self) -> list[dict[str, Any]]:
        """The Applications that change: ``kind``, ``before``, ``after``, ``fields``, ``manifests``, ``fate`` and ``obstacles`` of each."""
        return self.data["apps"]

    @property
    def radius(self) -> list[dict[str, Any]]:
        """What is deleted, cluster by cluster."""
        return self.data["radius"]

    @property
    def summary(self) -> dict[str, int]:
        """How many Applications are added, changed, deleted, unknown, the same ..."""
        return self.data["summary"]

    @property
    def terms(self) -> list[dict[str, Any]]:
        """Changes of what judges (policies, exceptions, waivers, the configuration): they count for the next change only."""
        return self.data.get("terms", [])

    @property
    def drifts(self) -> list[dict[str, Any]]:
        """Objects with values that are drawn anew at each rendering (``app``, ``kind``, ``name``, ``fields``): never in sync for long."""
        return self.data.get("drifts", [])

    @property
    def notes(self) -> list[str]:
        """What is worth knowing of how the sides were loaded: files that are not committed, secrets that are not in an output."""
        return self.data.get("notes", [])

    @property
    def introduced(self) -> Findings:
        """What there is to say of the newer side only, errors first."""
        return Findings(_finding(finding) for finding in self.data["findings"]["introduced"])


class Order(_Answer):
    """In which order Applications come up."""

    def __repr__(self) -> str:
        summary = self.summary
        return f"<Order: {summary['apps']} apps in {summary['stages']} stages, {len(self.deadlocks)} deadlocks>"

    @property
    def apps(self) -> list[dict[str, Any]]:
        """The Applications that take part, by namespace and name: ``app``, ``stage`` and more of each."""
        return self.data["apps"]

    @property
    def stages(self) -> list[list[str]]:
        """The names of each stage."""
        stages: dict[int, list[str]] = {}
        for member in self.apps:
            stages.setdefault(member["stage"], []).append(member["app"]["name"])
        return [stages[stage] for stage in sorted(stages)]

    @property
    def edges(self) -> list[dict[str, Any]]:
        """Who waits for whom and why: ``from``, ``to``, ``message``, ``strength``, ``outcome`` ..."""
        return self.data["edges"]

    @property
    def deadlocks(self) -> list[dict[str, Any]]:
        """Applications that wait for each other for ever, with the smallest cut."""
        return self.data["deadlocks"]

    @property
    def summary(self) -> dict[str, int]:
        """How many Applications, stages, edges, stuck needs ..."""
        return self.data["summary"]


@dataclass(frozen=True)
class Document:
    """A document of a chart: the template that it comes from, and what it holds (``None`` for nothing but comments)."""

    path: str
    object: Optional[dict[str, Any]]


@dataclass(frozen=True)
class Hook(Document):
    """A document that Helm runs at some moments: ``pre-install``, ``test`` ..."""

    events: tuple[str, ...] = ()
    weight: int = 0
    delete_policies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rendered:
    """A chart rendered for a release. ``text`` is what ``helm template`` prints."""

    text: str
    manifests: tuple[Document, ...]
    hooks: tuple[Hook, ...]
    crds: tuple[Document, ...]
    notes: str
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Built:
    """A kustomization that was built. ``text`` is what ``kustomize build`` prints."""

    text: str
    manifests: tuple[dict[str, Any], ...]


def render_chart(
    path: Union[str, "os.PathLike[str]"],
    *,
    name: str = "release-name",
    namespace: str = "default",
    values: Optional[Mapping[str, Any]] = None,
    value_files: Sequence[Union[str, "os.PathLike[str]"]] = (),
    set: Sequence[str] = (),
    set_string: Sequence[str] = (),
    set_json: Sequence[str] = (),
    set_file: Sequence[str] = (),
    include_crds: bool = False,
    skip_tests: bool = False,
    skip_schema_validation: bool = False,
    is_upgrade: bool = False,
    kube_version: Optional[str] = None,
    api_versions: Sequence[str] = (),
) -> Rendered:
    """Renders the chart in a folder or ``.tgz`` as ``helm template`` 4.2.1 does, without Helm and without a fleet.

    ``values`` come behind ``value_files`` and before ``set``. Clock and randomness stand still. Raises :class:`Error` with Helm's words.
    """
    options = {
        "name": name,
        "namespace": namespace,
        "values": None if values is None else dict(values),
        "valueFiles": [os.fspath(file) for file in value_files],
        "set": list(set),
        "setString": list(set_string),
        "setJson": list(set_json),
        "setFile": list(set_file),
        "includeCrds": include_crds,
        "skipTests": skip_tests,
        "skipSchemaValidation": skip_schema_validation,
        "isUpgrade": is_upgrade,
        "kubeVersion": kube_version,
        "apiVersions": list(api_versions),
    }
    data = json.loads(_call(_aoa.render_chart, os.fspath(path), json.dumps(options)))
    return Rendered(
        text=data["text"],
        manifests=tuple(Document(**entry) for entry in data["manifests"]),
        hooks=tuple(
            Hook(h["path"], h["object"], tuple(h["events"]), h["weight"], tuple(h["deletePolicies"])) for h in data["hooks"]
        ),
        crds=tuple(Document(**entry) for entry in data["crds"]),
        notes=data["notes"],
        warnings=tuple(data["warnings"]),
    )


def build_kustomization(
    path: Union[str, "os.PathLike[str]"] = ".",
    *,
    root: Union[str, "os.PathLike[str]", None] = None,
    load_restrictor: Optional[str] = None,
) -> Built:
    """Builds the kustomization in a folder as ``kustomize build`` 5.8.1 does, without Kustomize and without a fleet.

    Bases are looked for below ``root``: by default the Git checkout of the folder, or else the folder itself. Raises :class:`Error` with
    Kustomize's words, also for remote bases and ``helmCharts``.
    """
    options = {"root": None if root is None else os.fspath(root), "loadRestrictor": load_restrictor}
    data = json.loads(_call(_aoa.build_kustomization, os.fspath(path), json.dumps(options)))
    return Built(data["text"], tuple(data["manifests"]))


def _address(address: Optional[str], **kinds: Optional[str]) -> str:
    given = [(kind, name) for kind, name in kinds.items() if name is not None]
    if (address is not None) + len(given) != 1:
        raise TypeError(f"one thing can be asked about: an address, or one of {', '.join(kinds)}")
    if address is not None:
        return address
    kind, name = given[0]
    return f"{kind}:{name}"


_EDITS = {
    "label": "label",
    "annotate": "annotate",
    "add_cluster": "addCluster",
    "remove_cluster": "removeCluster",
    "revision": "revision",
    "kube_version": "kubeVersion",
    "delete_app": "deleteApp",
    "delete_set": "deleteSet",
    "delete_project": "deleteProject",
    "remove_file": "removeFile",
}


class Loaded:
    """A loaded fleet."""

    def __init__(
        self, native: Any, folder: str = ".", config: Optional[str] = None, branch: Optional[str] = None
    ) -> None:
        self._native = native
        self._loaded_from = (folder, config, branch)

    def __repr__(self) -> str:
        return "<Loaded>"

    @property
    def notes(self) -> list[str]:
        """What is worth knowing about the loading."""
        return self._native.notes()

    def resolve(self) -> Fleet:
        """Resolves the fleet; other threads run meanwhile. Raises :class:`Error` if a bound on the whole fleet is passed."""
        return Fleet(_call(self._native.resolve))

    def thought(self, **edits: Union[str, "os.PathLike[str]", Sequence[Union[str, "os.PathLike[str]"]]]) -> Loaded:
        """The same fleet with something thought otherwise, each written as the command takes it: ``label="prod:env=stage"``,
        ``annotate``, ``add_cluster`` (a file), ``remove_cluster``, ``revision="web=v2"``, ``kube_version="prod=1.35.0"``, ``delete_app``,
        ``delete_set``, ``delete_project``, ``remove_file``; one or a sequence of each.
        """
        words: dict[str, list[str]] = {}
        for name, value in edits.items():
            if name not in _EDITS:
                raise TypeError(f"there is no edit {name!r}; there are {', '.join(_EDITS)}")
            several = [value] if isinstance(value, (str, os.PathLike)) else list(value)
            words[_EDITS[name]] = [os.fspath(one) for one in several]
        native = _call(_aoa.load, *self._loaded_from, json.dumps(words))
        return Loaded(native, *self._loaded_from)

    def what_if(
        self, *, show_secrets: bool = False, **edits: Union[str, "os.PathLike[str]", Sequence[Union[str, "os.PathLike[str]"]]]
    ) -> Changes:
        """What something would change: ``what_if(label="prod:env=stage")`` compares the fleet as it is with :meth:`thought`."""
        return Changes(_call(self.thought(**edits)._native.what_if, show_secrets))


class Fleet:
    """A resolved fleet."""

    def __init__(self, native: Any) -> None:
        self._native = native

    def __len__(self) -> int:
        return len(self.apps)

    def __iter__(self) -> Iterator[App]:
        return iter(self.apps)

    def with_files(self, files: Mapping[str, Union[str, bytes, None]]) -> Fleet:
        """The fleet as it would be with other files in its repository: ``with_files({"web/a.yaml": text, "old.yaml": None})``; ``None``
        takes a file away. What the change does not reach is not computed again. Clusters and configuration stay as they were loaded.
        """
        given = [(path, text.encode() if isinstance(text, str) else text) for path, text in files.items()]
        return Fleet(_call(self._native.with_files, given))

    def diff(self, newer: Fleet, *, check: bool = False, show_secrets: bool = False) -> Changes:
        """What changes from this fleet to ``newer``; with ``check`` all rules of the check are asked about both, under the
        policies of this one."""
        return Changes(_call(self._native.diff, newer._native, check, show_secrets))

    def why(
        self,
        address: Optional[str] = None,
        *,
        app: Optional[str] = None,
        appset: Optional[str] = None,
        project: Optional[str] = None,
        cluster: Optional[str] = None,
        file: Optional[str] = None,
        object: Optional[str] = None,
        field: Optional[str] = None,
        fields: bool = False,
        show_secrets: bool = False,
    ) -> dict[str, Any]:
        """Why something is there: what ``aoa why -o json`` prints, as data. ``object`` is written ``CLUSTER/NAMESPACE/KIND/NAME``."""
        about = _address(address, app=app, appset=appset, project=project, cluster=cluster, file=file, object=object)
        return json.loads(_call(self._native.why, about, field, fields, show_secrets))

    def why_not(
        self,
        address: Optional[str] = None,
        *,
        app: Optional[str] = None,
        appset: Optional[str] = None,
        cluster: Optional[str] = None,
        object: Optional[str] = None,
        show_secrets: bool = False,
    ) -> dict[str, Any]:
        """Why something is not there, and the smallest change that brings it: ``why_not(appset="web", cluster="prod")``."""
        about = _address(address, app=app, appset=appset, object=object)
        on = None if cluster is None else f"cluster:{cluster}"
        return json.loads(_call(self._native.why_not, about, on, show_secrets))

    def drift(self, *snapshots: Union[str, "os.PathLike[str]"], show_secrets: bool = False) -> dict[str, Any]:
        """How exported state differs from the fleet: files that ``kubectl get applications,applicationsets,appprojects -A -o yaml`` or
        ``argocd app list -o json`` printed."""
        return json.loads(_call(self._native.drift, [os.fspath(file) for file in snapshots], show_secrets))

    def __contains__(self, address: object) -> bool:
        """Whether there is this Application: ``"name"``, ``"namespace/name"`` or an :class:`App`."""
        if isinstance(address, str):
            return address in self._addresses
        return address in self.apps

    def __repr__(self) -> str:
        return f"<Fleet of {len(self)} apps>"

    @cached_property
    def _addresses(self) -> frozenset[str]:
        return frozenset(address for app in self.apps for address in (app.name, f"{app.namespace}/{app.name}"))

    @cached_property
    def apps(self) -> Sequence[App]:
        """All Applications, by namespace and name."""
        return tuple(App(self._native, namespace, name) for namespace, name in self._native.keys())

    def app(self, address: str) -> App:
        """The Application ``name`` or ``namespace/name``. Raises :class:`Error` if there is none, or several."""
        namespace, slash, name = address.rpartition("/")
        found = [app for app in self.apps if app.name == name and (not slash or app.namespace == namespace)]
        if len(found) == 1:
            return found[0]
        if not found:
            raise Error(f"there is no Application `{address}`", "not-found")
        names = ", ".join(f"{app.namespace}/{app.name}" for app in found)
        raise Error(f"`{address}` names {len(found)} Applications", "invalid", f"say which: {names}")

    def to_json(self, *, manifests: bool = False, show_secrets: bool = False) -> str:
        """The whole fleet as JSON: the same bytes as ``aoa tree -o json`` prints."""
        return _call(self._native.to_json, manifests, show_secrets)

    @cached_property
    def data(self) -> dict[str, Any]:
        """The same as data; its shape is the schema that ``aoa schema`` prints."""
        return json.loads(self.to_json())

    @property
    def app_sets(self) -> list[dict[str, Any]]:
        """All ApplicationSets, by namespace and name."""
        return self.data["appSets"]

    @property
    def projects(self) -> list[dict[str, Any]]:
        """All AppProjects that the fleet brings."""
        return self.data["projects"]

    @property
    def clusters(self) -> list[dict[str, Any]]:
        """The clusters of the inventory."""
        return self.data["clusters"]

    @cached_property
    def conflicts(self) -> list[Conflict]:
        """Objects that more than one parent brings."""
        return [Conflict(_ref(c["object"]), _ref_or_none(c["parent"]), c["same"]) for c in self.data["conflicts"]]

    @cached_property
    def needs(self) -> list[Need]:
        """What was missing."""
        return [Need(n["kind"], n["reason"], n["remedy"], _refs(n["subjects"])) for n in self.data["needs"]]

    def check(
        self,
        *,
        select: Sequence[str] = (),
        ignore: Sequence[str] = (),
        fail_on: Optional[str] = None,
        baseline: Union[str, "os.PathLike[str]", None] = None,
        baseline_max_age: Optional[int] = None,
        today: Optional[str] = None,
        show_secrets: bool = False,
    ) -> Checked:
        """What is wrong with the fleet, as ``aoa check`` says it; what is not given is as ``check:`` of ``aoa.yaml`` has it.

        Rules are named by id, name or the letter of their family; ``today`` (``"2027-01-31"``) is the day by which waivers and the baseline
        expire. Raises :class:`Error` for a rule or baseline that does not exist.
        """
        file = None if baseline is None else os.fspath(baseline)
        arguments = (list(select), list(ignore), fail_on, file, baseline_max_age, today, show_secrets)
        data = json.loads(_call(self._native.check, "json", *arguments))
        checked = Checked(_finding(entry) for entry in data["findings"])
        checked.data, checked._fleet, checked._arguments = data, self, arguments
        return checked

    def order(self, cluster: Optional[str] = None, app: Optional[str] = None, *, show_secrets: bool = False) -> Order:
        """In which order the fleet, or one cluster, comes up; with ``app`` only what it waits for and what waits for it.

        Raises :class:`Error` if there is no such cluster or Application.
        """
        return Order(_call(self._native.order, cluster, app, show_secrets))

    def matrix(self, by: str = "cluster", version: Optional[str] = None, *, show_secrets: bool = False) -> dict[str, Any]:
        """Which versions run where, by cluster, ``environment`` or another label; with ``version`` who runs it. What ``aoa matrix -o json`` prints."""
        return json.loads(_call(self._native.matrix, by, version, show_secrets))

    @cached_property
    def policies(self) -> list[dict[str, Any]]:
        """The fleet's own policies, with whom they are for and how many Applications they reach, as ``aoa policy -o json`` prints them."""
        return json.loads(_call(self._native.policy, None, False))["policies"]

    def paths(self, *apps: str, show_secrets: bool = False) -> dict[str, Any]:
        """The files that Applications read, and whether their annotations list them. What ``aoa paths -o json`` prints."""
        return json.loads(_call(self._native.paths, list(apps), show_secrets))

    @cached_property
    def findings(self) -> Findings:
        """What resolving has to say about the fleet, errors first; :meth:`check` says more."""
        return Findings(_finding(entry) for entry in self.data["findings"])


class App:
    """One Application; its attributes are worked out when asked."""

    def __init__(self, native: Any, namespace: str, name: str) -> None:
        self._native = native
        self.namespace = namespace
        self.name = name

    def __repr__(self) -> str:
        return f"<App {self.namespace}/{self.name}>"

    def __eq__(self, other: object) -> bool:
        """Whether it is the same Application of the same resolved fleet."""
        if not isinstance(other, App):
            return NotImplemented
        return (self._native, self.namespace, self.name) == (other._native, other.namespace, other.name)

    def __hash__(self) -> int:
        return hash((self.namespace, self.name))

    @cached_property
    def data(self) -> dict[str, Any]:
        """The Application as ``aoa apps -o json`` prints it."""
        return json.loads(_call(self._native.app_json, self.namespace, self.name, False, False))

    @cached_property
    def policy(self) -> dict[str, Any]:
        """Which of the fleet's own policies reach it, and what holds for it, each with its origin: what ``aoa policy APP -o json`` prints."""
        return json.loads(_call(self._native.policy, f"{self.namespace}/{self.name}", False))

    @property
    def project(self) -> str:
        """Its project."""
        return self.data["project"]

    @property
    def cluster(self) -> Optional[str]:
        """The name of the registered cluster that it goes to; ``None`` if there is no such cluster."""
        return self.data["cluster"]

    @property
    def destination(self) -> dict[str, str]:
        """Where it goes, as written."""
        return self.data["destination"]

    @property
    def parent(self) -> Optional[Ref]:
        """Who brings it; ``None`` for a root."""
        return _ref_or_none(self.data["parent"])

    @property
    def app_set(self) -> Optional[Ref]:
        """The ApplicationSet that generates it."""
        return _ref_or_none(self.data["appSet"])

    @property
    def labels(self) -> dict[str, str]:
        """Its labels."""
        return self.data.get("labels", {})

    @property
    def annotations(self) -> dict[str, str]:
        """Its annotations."""
        return self.data.get("annotations", {})

    @property
    def spec(self) -> dict[str, Any]:
        """``spec``, normalised as Argo CD does."""
        return self.data["spec"]

    @property
    def sources(self) -> list[dict[str, Any]]:
        """Its sources with type and state."""
        return self.data.get("sources", [])

    @property
    def obstacles(self) -> list[dict[str, Any]]:
        """What keeps a merged change from reaching the cluster by itself: ``kind``, ``at`` and ``message`` of each."""
        return self.data.get("obstacles", [])

    @cached_property
    def content(self) -> Content:
        """What it contains: :class:`Known`, :class:`Unknown` or :class:`Failed`."""
        content = self.data.get("content", {"state": "skipped"})
        if content["state"] == "known":
            whole = json.loads(_call(self._native.app_json, self.namespace, self.name, True, False))
            return Known(tuple(whole["manifests"]))
        if content["state"] == "unknown":
            return Unknown(content["reason"], content["remedy"])
        if content["state"] == "failed":
            return Failed(content["reason"])
        return Skipped()


def _call(function: Any, *args: Any) -> Any:
    try:
        return function(*args)
    except _aoa.NativeError as error:
        raise Error(*error.args) from None


def _ref(data: dict[str, str]) -> Ref:
    return Ref(data["kind"], data.get("namespace", ""), data["name"])


def _ref_or_none(data: Optional[dict[str, str]]) -> Optional[Ref]:
    return None if data is None else _ref(data)


def _refs(data: list[dict[str, str]]) -> tuple[Ref, ...]:
    return tuple(_ref(entry) for entry in data)


def _finding(data: dict[str, Any]) -> Finding:
    place = data["places"][0] if data["places"] else {}
    subjects = _refs(data["subjects"])
    apps = [f"{s.namespace}/{s.name}" for s in subjects if s.kind == "Application"]
    return Finding(
        rule=data["rule"],
        severity=data["severity"],
        message=data["message"],
        path=place.get("path"),
        line=place.get("line"),
        column=place.get("column"),
        app=apps[0] if apps else None,
        help=data.get("help"),
        fingerprint=data["fingerprint"],
        subjects=subjects,
        standing=data.get("standing", "open"),
        commit=place.get("commit"),
    )
