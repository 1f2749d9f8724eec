"""Makes schemas.json: what the manifests in deploy/ are held to, from packages that carry the published schemas.

    pip download --no-deps kubernetes-validate==1.37.0 kserve==0.21.0 docker-compose==1.29.2
    python test/deploy/make_schemas.py kubernetes_validate-*.whl kserve-*.whl docker_compose-*.whl \
      > test/deploy/schemas.json

- Kubernetes 1.30: the strict JSON schemas of PyPI's kubernetes-validate, which come from Kubernetes' OpenAPI document.
- KServe 0.21: the models of PyPI's kserve, generated from KServe's OpenAPI document, turned back into schemas.
- KEDA 2: no package carries its schema as data; the one here is written by hand after the types of npm's
  @kubernetes-models/keda 2.0.0.
- Compose: the Compose Specification as PyPI's docker-compose carries it.
"""

import json
import re
import sys
import zipfile

KUBERNETES = "kubernetes_validate/kubernetes-json-schema/v1.30.0-local-strict"
KINDS = {
    "v1 Namespace": "namespace-v1",
    "v1 ConfigMap": "configmap-v1",
    "v1 Service": "service-v1",
    "apps/v1 Deployment": "deployment-apps-v1",
    "autoscaling/v2 HorizontalPodAutoscaler": "horizontalpodautoscaler-autoscaling-v2",
    "policy/v1 PodDisruptionBudget": "poddisruptionbudget-policy-v1",
    "networking.k8s.io/v1 NetworkPolicy": "networkpolicy-networking-v1",
}
KSERVE_KINDS = {"serving.kserve.io/v1beta1 InferenceService": "V1beta1InferenceService"}
PRIMITIVES = {"str": "string", "int": "integer", "bool": "boolean", "float": "number"}
TEXT = {"type": "string"}
WHOLE = {"type": "integer", "minimum": 0}


def lean(schema):
    """Without descriptions and extensions, and with references into one file."""
    if isinstance(schema, list):
        return [lean(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {}
    for key, value in schema.items():
        is_prose = key == "description" and isinstance(value, str)
        is_name = key == "id" and isinstance(value, str)
        if is_prose or is_name or key in ("$id", "$schema") or key.startswith("x-kubernetes"):
            continue
        if key == "$ref":
            kept[key] = "#/$defs/" + value.rsplit("/", 1)[-1]
        elif key == "properties":  # a property may be called "description"
            kept[key] = {name: lean(one) for name, one in value.items()}
        elif key != "format":
            kept[key] = lean(value)
    return kept


def references(schema):
    return set(re.findall(r'"#/\$defs/([^"]+)"', json.dumps(schema)))


def table(source, title):
    """A dictionary of texts, as the generator writes it."""
    return dict(re.findall(r"'(\w+)': '([^']+)'", source.split(f"{title} = {{")[1].split("}")[0]))


def kserve_schemas(wheel, kubernetes):
    """Schemas of KServe's kinds; what is Kubernetes' own refers to Kubernetes' schema."""
    sources = [wheel.read(name).decode() for name in wheel.namelist() if name.startswith("kserve/models/")]
    found = {}
    for source in sources:
        name = re.search(r"^class (\w+)\(object\)", source, re.M)
        if not name:
            continue
        required = re.findall(r"validation and (\w+) is None", source)
        found[name[1]] = (table(source, "openapi_types"), table(source, "attribute_map"), required)

    def typed(kind):
        if inner := re.fullmatch(r"list\[(.+)\]", kind):
            return {"type": "array", "items": typed(inner[1])}
        if inner := re.fullmatch(r"dict\(str, (.+)\)", kind):
            return {"type": "object", "additionalProperties": typed(inner[1])}
        if kind in PRIMITIVES:
            return {"type": PRIMITIVES[kind]}
        if kind in found:
            return {"$ref": f"#/$defs/kserve.{kind}"}
        own = re.sub(r"^(V1|ResourceQuantity$|K8sIoApi\w+V1)", "", kind) or "Quantity"
        ending = next((name for name in kubernetes if name.rsplit(".", 1)[-1] == own), None)
        return {"$ref": f"#/$defs/{ending}"} if ending else {}

    return {
        f"kserve.{name}": {
            "type": "object",
            "properties": {keys[attribute]: typed(kind) for attribute, kind in types.items()},
            "required": [keys[attribute] for attribute in required],
            "additionalProperties": False,
        }
        for name, (types, keys, required) in found.items()
    }


def keda_schema():
    def strict(properties, required):
        return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}

    trigger = strict(
        {
            "type": TEXT,
            "name": TEXT,
            "metadata": {"type": "object", "additionalProperties": TEXT},
            "metricType": {"enum": ["AverageValue", "Value", "Utilization"]},
            "useCachedMetrics": {"type": "boolean"},
            "authenticationRef": {"type": "object"},
        },
        ["type", "metadata"],
    )
    target = {"apiVersion": TEXT, "kind": TEXT, "name": TEXT, "envSourceContainerName": TEXT}
    fallback = {"behavior": TEXT, "failureThreshold": WHOLE, "replicas": WHOLE}
    spec = {
        "scaleTargetRef": strict(target, ["name"]),
        "triggers": {"type": "array", "minItems": 1, "items": trigger},
        "fallback": strict(fallback, ["failureThreshold", "replicas"]),
        "advanced": {"type": "object"},
        **{name: WHOLE for name in ["minReplicaCount", "maxReplicaCount", "idleReplicaCount"]},
        **{name: WHOLE for name in ["pollingInterval", "cooldownPeriod", "initialCooldownPeriod"]},
    }
    meta = {"$ref": "#/$defs/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}
    top = {"apiVersion": TEXT, "kind": TEXT, "metadata": meta, "spec": strict(spec, ["scaleTargetRef", "triggers"])}
    return strict(top, ["apiVersion", "kind", "metadata", "spec"])


def compose_schema(wheel):
    schema = json.loads(wheel.read("compose/config/compose_spec.json"))
    definitions = schema.pop("definitions")
    return lean(schema) | {"$defs": {name: lean(one) for name, one in definitions.items()}}


def main(kubernetes_wheel, kserve_wheel, compose_wheel):
    with zipfile.ZipFile(kubernetes_wheel) as wheel:
        definitions = json.loads(wheel.read(f"{KUBERNETES}/_definitions.json"))["$defs"]
        kinds = {kind: lean(json.loads(wheel.read(f"{KUBERNETES}/{name}.json"))) for kind, name in KINDS.items()}
    with zipfile.ZipFile(kserve_wheel) as wheel:
        definitions |= kserve_schemas(wheel, definitions)
    with zipfile.ZipFile(compose_wheel) as wheel:
        compose = compose_schema(wheel)
    kinds |= {kind: {"$ref": f"#/$defs/kserve.{name}"} for kind, name in KSERVE_KINDS.items()}
    kinds["keda.sh/v1alpha1 ScaledObject"] = keda_schema()

    wanted, kept = references(kinds), {}
    while wanted:
        name = wanted.pop()
        kept[name] = lean(definitions[name])
        wanted |= references(kept[name]) - kept.keys()
    schemas = {"kinds": kinds, "$defs": dict(sorted(kept.items())), "compose": compose}
    json.dump(schemas, sys.stdout, separators=(",", ":"))
    print()


if __name__ == "__main__":
    main(*sys.argv[1:])
