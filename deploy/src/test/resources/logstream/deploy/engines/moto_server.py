"""moto's server with what its CloudFormation lacks for our stacks (moto 5.2.1).

moto reports resources of types that it does not know as made, and makes nothing: here alarms and mail subscriptions are
made. Its change sets of updates list every resource as new, and fail when executed: here they list what changes, and
executing them updates the stack. It deletes streams that RetainExceptOnCreate keeps: here they stay. It takes conditions
that refer to others for true: here they are what they are.

Arguments are those of moto_server.
"""
import copy
import json
import sys

from moto.cloudformation import models as stacks
from moto.cloudformation.parsing import ResourceMap
from moto.cloudwatch import models as cloudwatch
from moto.core.common_models import CloudFormationModel
from moto.sns import models as sns


class Alarm(CloudFormationModel):
    # moto finds a resource's service by the name of its module.
    __module__ = "moto.cloudwatch.models"

    def __init__(self, name, arn):
        self.name = name
        self.arn = arn

    @property
    def physical_resource_id(self):
        return self.name

    @staticmethod
    def cloudformation_name_type():
        return "AlarmName"

    @staticmethod
    def cloudformation_type():
        return "AWS::CloudWatch::Alarm"

    @classmethod
    def has_cfn_attr(cls, attr):
        return attr == "Arn"

    def get_cfn_attribute(self, attribute_name):
        return self.arn

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        told = cloudformation_json["Properties"]
        period = told.get("Period")
        points = told.get("DatapointsToAlarm")
        alarm = cloudwatch.cloudwatch_backends[account_id][region_name].put_metric_alarm(
            name=resource_name,
            namespace=told.get("Namespace"),
            metric_name=told.get("MetricName"),
            metric_data_queries=[query(one) for one in told["Metrics"]] if "Metrics" in told else None,
            comparison_operator=told["ComparisonOperator"],
            evaluation_periods=int(told["EvaluationPeriods"]),
            datapoints_to_alarm=int(points) if points else None,
            period=int(period) if period else None,
            threshold=float(told["Threshold"]),
            statistic=told.get("Statistic"),
            extended_statistic=told.get("ExtendedStatistic"),
            description=told.get("AlarmDescription"),
            dimensions=told.get("Dimensions", []),
            alarm_actions=told.get("AlarmActions", []),
            ok_actions=told.get("OKActions", []),
            treat_missing_data=told.get("TreatMissingData"),
        )
        return cls(resource_name, alarm.alarm_arn)

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name
    ):
        return cls.create_from_cloudformation_json(
            original_resource.name, cloudformation_json, account_id, region_name
        )

    @classmethod
    def delete_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name):
        cloudwatch.cloudwatch_backends[account_id][region_name].delete_alarms([resource_name])


def query(told):
    stat = told.get("MetricStat")
    measured = None
    if stat:
        metric = stat["Metric"]
        measured = cloudwatch.MetricStat(
            metric=cloudwatch.Metric(
                metric_name=metric["MetricName"],
                namespace=metric["Namespace"],
                dimensions=[cloudwatch.Dimension(one["Name"], one["Value"]) for one in metric.get("Dimensions", [])],
            ),
            period=int(stat["Period"]),
            stat=stat["Stat"],
            unit=stat.get("Unit"),
        )
    return cloudwatch.MetricDataQuery(
        query_id=told["Id"],
        label=told.get("Label"),
        period=told.get("Period"),
        return_data=str(told.get("ReturnData", True)).lower(),
        expression=told.get("Expression"),
        metric_stat=measured,
    )


class Subscription(CloudFormationModel):
    __module__ = "moto.sns.models"

    def __init__(self, arn):
        self.arn = arn

    @property
    def physical_resource_id(self):
        return self.arn

    @staticmethod
    def cloudformation_name_type():
        return None

    @staticmethod
    def cloudformation_type():
        return "AWS::SNS::Subscription"

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        told = cloudformation_json["Properties"]
        made = sns.sns_backends[account_id][region_name].subscribe(
            told["TopicArn"], told["Endpoint"], told["Protocol"]
        )
        return cls(made.arn)

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name
    ):
        return original_resource

    @classmethod
    def delete_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name):
        sns.sns_backends[account_id][region_name].unsubscribe(resource_name)


def conditions(node):
    """moto reads !Condition, in the expression of another condition, as a function that it does not have."""
    if isinstance(node, list):
        return [conditions(one) for one in node]
    if isinstance(node, dict):
        return {"Condition" if key == "Fn::Condition" else key: conditions(value) for key, value in node.items()}
    return node


class Parsed(dict):
    """A template, and what it was before moto filled in values while it made the resources."""

    def __init__(self, template):
        super().__init__(template)
        self.written = copy.deepcopy(template)


def corrected(parse):
    def parse_and_correct(template):
        parsed = parse(template)
        if "Conditions" in parsed:
            parsed["Conditions"] = conditions(parsed["Conditions"])
        for resource in parsed.get("Resources", {}).values():
            if str(resource.get("DeletionPolicy", "")).startswith("Retain"):
                resource["DeletionPolicy"] = "Retain"
        return Parsed(parsed)

    return staticmethod(parse_and_correct)


def mentions(resource, parameter):
    text = json.dumps(resource, default=str)
    return f'"{parameter}"' in text or f"${{{parameter}}}" in text


def text(value):
    return ",".join(value) if isinstance(value, list) else str(value)


def difference(self, other_template, parameters=None):
    """Resources by action. moto's own sees a parameter only where it is the whole of a property."""
    old = self._template.written["Resources"]
    new = other_template.written["Resources"]
    declared = self._template.written.get("Parameters", {})
    before = {name: one.get("Default") for name, one in declared.items()} | self.input_parameters
    changed = [name for name, value in (parameters or {}).items() if text(before.get(name)) != text(value)]
    made = {name for name in old if self._parsed_resources.get(name) is not None}
    return {
        "Add": [name for name in new if name not in old],
        "Modify": [
            name
            for name in new
            if name in made and (new[name] != old[name] or any(mentions(new[name], one) for one in changed))
        ],
        "Remove": [name for name in old if name not in new],
    }


def changes(self):
    if self.change_set_type != "UPDATE":
        return changes_of_moto(self)
    self.template_dict = stacks.Stack.parse_template(self.template)
    self.parameters = {name: text(value) for name, value in self.parameters.items()}
    by_action = difference(self.stack.resource_map, self.template_dict, self.parameters)
    both = {**self.stack.template_dict["Resources"], **self.template_dict["Resources"]}
    return [
        stacks.Change(action=action, logical_resource_id=name, resource_type=both[name]["Type"])
        for action, names in by_action.items()
        for name in names
    ]


def execute(self, change_set_name, stack_name=None):
    found = [
        one for one in self.change_sets.values() if change_set_name in (one.change_set_id, one.change_set_name)
    ]
    if not found or found[0].change_set_type != "UPDATE":
        return execute_of_moto(self, change_set_name, stack_name)
    planned = found[0]
    self.stacks[planned.stack_id].update(
        planned.template, parameters=planned.parameters, tags=planned.tags or None
    )
    planned.execution_status = "EXECUTE_COMPLETE"


changes_of_moto = stacks.ChangeSet.diff
execute_of_moto = stacks.CloudFormationBackend.execute_change_set
stacks.ChangeSet.diff = changes
stacks.CloudFormationBackend.execute_change_set = execute
stacks.Stack.parse_template = corrected(stacks.Stack.parse_template)
ResourceMap.build_resource_diff = difference

from moto.server import main  # noqa: E402  after the classes above, which moto collects

main(sys.argv[1:])
