//! Operations on the rules of security groups: open, close, edit, list.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{ApiError, ApiOutcome, CallContext},
    Ec2, Place,
    errors::{missing, no_group, no_rule, no_rule_id, stop_if_dry},
    filter::{Filter, keep},
    permission::{IpPermission, IpRange, Peer, Rule, RuleDraft, Traffic, UserIdGroupPair},
    tagging::{TagSpecification, tags_for},
};

/// The most rules a group may have in one direction (VPC quotas).
const MAX_RULES: usize = 60;

/// Opens ports of a security group to a source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct AuthorizeSecurityGroupIngress {
    pub group_id: Option<String>,
    pub group_name: Option<String>,
    #[serde(default)]
    pub ip_permissions: Vec<IpPermission>,
    pub ip_protocol: Option<String>,
    pub from_port: Option<i32>,
    pub to_port: Option<i32>,
    pub cidr_ip: Option<String>,
    #[serde(default)]
    pub tag_specifications: Vec<TagSpecification>,
    /// Asks only whether one may: nothing is done.
    pub dry_run: Option<bool>,
}

/// Lets members of a security group out to a destination.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct AuthorizeSecurityGroupEgress {
    pub group_id: String,
    #[serde(default)]
    pub ip_permissions: Vec<IpPermission>,
    #[serde(default)]
    pub tag_specifications: Vec<TagSpecification>,
    /// Asks only whether one may: nothing is done.
    pub dry_run: Option<bool>,
}

/// Closes ports of a security group to a source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct RevokeSecurityGroupIngress {
    pub group_id: Option<String>,
    pub group_name: Option<String>,
    #[serde(default)]
    pub ip_permissions: Vec<IpPermission>,
    pub ip_protocol: Option<String>,
    pub from_port: Option<i32>,
    pub to_port: Option<i32>,
    pub cidr_ip: Option<String>,
    #[serde(default)]
    pub security_group_rule_ids: Vec<String>,
    /// Asks only whether one may: nothing is done.
    pub dry_run: Option<bool>,
}

/// Stops members of a security group from reaching a destination.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct RevokeSecurityGroupEgress {
    pub group_id: String,
    #[serde(default)]
    pub ip_permissions: Vec<IpPermission>,
    #[serde(default)]
    pub security_group_rule_ids: Vec<String>,
    /// Asks only whether one may: nothing is done.
    pub dry_run: Option<bool>,
}

/// Edits rules of a security group where they stand, as the console does.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ModifySecurityGroupRules {
    pub group_id: String,
    pub security_group_rules: Vec<SecurityGroupRuleUpdate>,
    /// Asks only whether one may: nothing is done.
    pub dry_run: Option<bool>,
}

/// A rule and what it becomes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct SecurityGroupRuleUpdate {
    pub security_group_rule_id: String,
    pub security_group_rule: Option<SecurityGroupRuleRequest>,
}

/// A rule, whole: what is left out is removed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct SecurityGroupRuleRequest {
    pub ip_protocol: Option<String>,
    pub from_port: Option<i32>,
    pub to_port: Option<i32>,
    pub cidr_ipv4: Option<String>,
    pub cidr_ipv6: Option<String>,
    pub prefix_list_id: Option<String>,
    pub referenced_group_id: Option<String>,
    pub description: Option<String>,
}

/// Lists rules of security groups one by one, with their ids.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DescribeSecurityGroupRules {
    #[serde(default)]
    pub filters: Vec<Filter>,
    #[serde(default)]
    pub security_group_rule_ids: Vec<String>,
    /// Asks only whether one may: nothing is done.
    pub dry_run: Option<bool>,
}

/// What to open or close, in either of the two forms the API takes.
struct Wish {
    group_id: Option<String>,
    group_name: Option<String>,
    permissions: Vec<IpPermission>,
    rule_ids: Vec<String>,
    egress: bool,
}

/// `IpProtocol`, `CidrIp` and ports beside the group are one permission.
fn flat(
    mut permissions: Vec<IpPermission>,
    ip_protocol: Option<String>,
    (from_port, to_port): (Option<i32>, Option<i32>),
    cidr_ip: Option<String>,
) -> Vec<IpPermission> {
    if ip_protocol.is_some() || cidr_ip.is_some() {
        let ip_ranges = cidr_ip.map(|cidr_ip| IpRange { cidr_ip, description: None }).into_iter().collect();
        permissions.push(IpPermission { ip_protocol, from_port, to_port, ip_ranges, ..Default::default() });
    }
    permissions
}

impl Place {
    fn drafts(&self, permissions: &[IpPermission], account_id: &str) -> Result<Vec<RuleDraft>, ApiError> {
        let group_of = |pair: &UserIdGroupPair| {
            let (id, name) = (pair.group_id.as_deref(), pair.group_name.as_deref());
            match &pair.user_id {
                Some(owner) if owner != account_id => Err(no_group(id.or(name).unwrap_or(owner))),
                _ => self.group_id(id, name),
            }
        };
        let mut drafts = Vec::new();
        for permission in permissions {
            drafts.extend(permission.drafts(group_of)?);
        }
        Ok(drafts)
    }
}

impl Ec2 {
    pub(super) fn authorize_security_group_ingress(
        &mut self,
        input: AuthorizeSecurityGroupIngress,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        stop_if_dry(input.dry_run)?;
        let ports = (input.from_port, input.to_port);
        let wish = Wish {
            group_id: input.group_id,
            group_name: input.group_name,
            permissions: flat(input.ip_permissions, input.ip_protocol, ports, input.cidr_ip),
            rule_ids: Vec::new(),
            egress: false,
        };
        self.authorize(wish, &input.tag_specifications, cx)
    }

    pub(super) fn authorize_security_group_egress(
        &mut self,
        input: AuthorizeSecurityGroupEgress,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        stop_if_dry(input.dry_run)?;
        let wish = Wish {
            group_id: Some(input.group_id),
            group_name: None,
            permissions: input.ip_permissions,
            rule_ids: Vec::new(),
            egress: true,
        };
        self.authorize(wish, &input.tag_specifications, cx)
    }

    pub(super) fn revoke_security_group_ingress(
        &mut self,
        input: RevokeSecurityGroupIngress,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        stop_if_dry(input.dry_run)?;
        let ports = (input.from_port, input.to_port);
        let wish = Wish {
            group_id: input.group_id,
            group_name: input.group_name,
            permissions: flat(input.ip_permissions, input.ip_protocol, ports, input.cidr_ip),
            rule_ids: input.security_group_rule_ids,
            egress: false,
        };
        self.revoke(wish, cx)
    }

    pub(super) fn revoke_security_group_egress(
        &mut self,
        input: RevokeSecurityGroupEgress,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        stop_if_dry(input.dry_run)?;
        let wish = Wish {
            group_id: Some(input.group_id),
            group_name: None,
            permissions: input.ip_permissions,
            rule_ids: input.security_group_rule_ids,
            egress: true,
        };
        self.revoke(wish, cx)
    }

    fn authorize(
        &mut self,
        wish: Wish,
        tags: &[TagSpecification],
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let region = cx.region().clone();
        let place = self.place(&region);
        let id = place.group_id(wish.group_id.as_deref(), wish.group_name.as_deref())?;
        let drafts = place.drafts(&wish.permissions, cx.account_id)?;
        if drafts.is_empty() {
            return Err(missing("ipPermissions"));
        }
        let tags = tags_for("security-group-rule", tags)?;
        let group = place.groups.get_mut(&id).expect("it has just been found");
        for (index, draft) in drafts.iter().enumerate() {
            let taken = group.rules.iter().any(|rule| draft.is_same(rule, wish.egress));
            let twice = drafts[..index]
                .iter()
                .any(|other| other.traffic == draft.traffic && other.peer == draft.peer);
            if taken {
                let message = format!("the specified rule \"{}\" already exists", draft.words());
                return Err(ApiError::client("InvalidPermission.Duplicate", message));
            }
            if twice {
                let message = "The same permission must not appear multiple times";
                return Err(ApiError::client("InvalidParameterValue", message));
            }
        }
        let present = group.rules.iter().filter(|rule| rule.egress == wish.egress).count();
        if present + drafts.len() > MAX_RULES {
            return Err(ApiError::client(
                "RulesPerSecurityGroupLimitExceeded",
                "The maximum number of rules per security group has been reached.",
            ));
        }
        let mut shown = Vec::new();
        for draft in drafts {
            let rule = Rule {
                id: format!("sgr-0{}", cx.out.hex(16)).into(),
                egress: wish.egress,
                traffic: draft.traffic,
                peer: draft.peer,
                description: draft.description,
                tags: tags.clone(),
            };
            shown.push(rule.describe(&id, cx.account_id));
            group.rules.push(rule);
        }
        self.announce_group(&region, &id, cx);
        Ok(json!({ "Return": true, "SecurityGroupRules": shown }))
    }

    fn revoke(&mut self, wish: Wish, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let region = cx.region().clone();
        let place = self.place(&region);
        let id = place.group_id(wish.group_id.as_deref(), wish.group_name.as_deref())?;
        let drafts = place.drafts(&wish.permissions, cx.account_id)?;
        if drafts.is_empty() && wish.rule_ids.is_empty() {
            return Err(missing("ipPermissions"));
        }
        let group = place.groups.get_mut(&id).expect("it has just been found");
        let mut doomed: Vec<Arc<str>> = Vec::new();
        for draft in &drafts {
            let rule = group.rules.iter().find(|rule| draft.is_same(rule, wish.egress));
            doomed.push(Arc::clone(&rule.ok_or_else(no_rule)?.id));
        }
        for rule_id in &wish.rule_ids {
            let rule = group.rules.iter().find(|rule| *rule.id == **rule_id && rule.egress == wish.egress);
            doomed.push(Arc::clone(&rule.ok_or_else(|| no_rule_id(rule_id))?.id));
        }
        let revoked: Vec<Value> = group
            .rules
            .iter()
            .filter(|rule| doomed.contains(&rule.id))
            .map(|rule| {
                let mut shown = rule.describe(&id, cx.account_id);
                if let Some(members) = shown.as_object_mut() {
                    members.shift_remove("GroupOwnerId");
                    members.shift_remove("Tags");
                }
                shown
            })
            .collect();
        group.rules.retain(|rule| !doomed.contains(&rule.id));
        self.announce_group(&region, &id, cx);
        Ok(json!({ "Return": true, "RevokedSecurityGroupRules": revoked }))
    }

    pub(super) fn modify_security_group_rules(
        &mut self,
        input: ModifySecurityGroupRules,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        stop_if_dry(input.dry_run)?;
        let region = cx.region().clone();
        let place = self.place(&region);
        let id = place.group_id(Some(&input.group_id), None)?;
        let mut edited = place.find_group(Some(&id), None)?.rules.clone();
        for update in input.security_group_rules {
            let draft = match update.security_group_rule {
                Some(request) => place.draft_of(request)?,
                None => return Err(missing("SecurityGroupRule")),
            };
            let rule = edited
                .iter_mut()
                .find(|rule| *rule.id == *update.security_group_rule_id)
                .ok_or_else(|| no_rule_id(&update.security_group_rule_id))?;
            rule.traffic = draft.traffic;
            rule.peer = draft.peer;
            rule.description = draft.description;
        }
        for (index, rule) in edited.iter().enumerate() {
            let draft =
                RuleDraft { traffic: rule.traffic.clone(), peer: rule.peer.clone(), description: None };
            if edited[..index].iter().any(|other| draft.is_same(other, rule.egress)) {
                let message = format!("the specified rule \"{}\" already exists", draft.words());
                return Err(ApiError::client("InvalidPermission.Duplicate", message));
            }
        }
        place.groups.get_mut(&id).expect("it has just been found").rules = edited;
        self.announce_group(&region, &id, cx);
        Ok(json!({ "Return": true }))
    }

    pub(super) fn describe_security_group_rules(
        &mut self,
        input: DescribeSecurityGroupRules,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        stop_if_dry(input.dry_run)?;
        let region = cx.region().clone();
        let place = self.place(&region);
        for id in &input.security_group_rule_ids {
            let known = place.groups.values().flat_map(|group| &group.rules).any(|rule| *rule.id == **id);
            if !known {
                return Err(no_rule_id(id));
            }
        }
        let wanted =
            place.groups.values().flat_map(|group| group.rules.iter().map(move |rule| (group, rule))).filter(
                |(_, rule)| {
                    input.security_group_rule_ids.is_empty()
                        || input.security_group_rule_ids.iter().any(|id| **id == *rule.id)
                },
            );
        let found = keep(
            wanted,
            &input.filters,
            |(_, rule)| rule.tags.clone(),
            |(group, rule), name| {
                Some(vec![match name {
                    "group-id" => group.id.to_string(),
                    "security-group-rule-id" => rule.id.to_string(),
                    _ => return None,
                }])
            },
        )?;
        let rules: Vec<Value> = found
            .into_iter()
            .map(|(group, rule)| {
                let mut shown = rule.describe(&group.id, cx.account_id);
                if rule.tags.is_empty() {
                    shown["Tags"] = json!([]);
                }
                shown
            })
            .collect();
        Ok(json!({ "SecurityGroupRules": rules }))
    }
}

impl Place {
    fn draft_of(&self, request: SecurityGroupRuleRequest) -> Result<RuleDraft, ApiError> {
        let protocol = request.ip_protocol.ok_or_else(|| missing("IpProtocol"))?;
        let traffic = Traffic::new(&protocol, request.from_port, request.to_port)?;
        let peer = match (
            request.cidr_ipv4,
            request.cidr_ipv6,
            request.prefix_list_id,
            request.referenced_group_id,
        ) {
            (Some(block), None, None, None) => Peer::ipv4(&block)?,
            (None, Some(block), None, None) => Peer::ipv6(&block)?,
            (None, None, Some(id), None) => Peer::PrefixList(id.into()),
            (None, None, None, Some(id)) => Peer::Group(self.group_id(Some(&id), None)?),
            _ => {
                return Err(ApiError::client(
                    "InvalidParameterCombination",
                    "Exactly one of CidrIpv4, CidrIpv6, PrefixListId, or ReferencedGroupId must be specified",
                ));
            }
        };
        Ok(RuleDraft { traffic, peer, description: request.description.map(Into::into) })
    }
}
