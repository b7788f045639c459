//! `AWS::IAM::User`, `Role`, `Group`, `ManagedPolicy`, `Policy` and `AccessKey`.

use serde_json::{Value, json};

use crate::aws::{
    ServiceName,
    cloudformation::{
        error::DeployError,
        making::{Created, Making, ResourceType, text_at},
        property::Property,
    },
};

const INLINE_POLICY: &[Property] =
    &[Property::text("PolicyName").required(), Property::json_text("PolicyDocument").required()];

pub static TYPES: &[ResourceType] = &[
    ResourceType {
        name: "AWS::IAM::User",
        service: ServiceName::Iam,
        properties: &[
            Property::text("Path"),
            Property::text("UserName"),
            Property::text("PermissionsBoundary"),
            Property::tags(),
            Property::texts("Groups"),
            Property::texts("ManagedPolicyArns"),
            Property::records("Policies", INLINE_POLICY),
            Property::record(
                "LoginProfile",
                &[Property::text("Password").required(), Property::boolean("PasswordResetRequired")],
            ),
        ],
        attributes: &["Arn"],
        after: &[],
        create: user,
    },
    ResourceType {
        name: "AWS::IAM::Role",
        service: ServiceName::Iam,
        properties: &[
            Property::text("Path"),
            Property::text("RoleName"),
            Property::json_text("AssumeRolePolicyDocument").required(),
            Property::text("Description"),
            Property::integer("MaxSessionDuration"),
            Property::text("PermissionsBoundary"),
            Property::tags(),
            Property::texts("ManagedPolicyArns"),
            Property::records("Policies", INLINE_POLICY),
        ],
        attributes: &["Arn", "RoleId"],
        after: &[],
        create: role,
    },
    ResourceType {
        name: "AWS::IAM::ManagedPolicy",
        service: ServiceName::Iam,
        properties: &[
            Property::text("ManagedPolicyName").to("PolicyName"),
            Property::text("Path"),
            Property::text("Description"),
            Property::json_text("PolicyDocument").required(),
            Property::texts("Users"),
            Property::texts("Roles"),
            Property::texts("Groups"),
        ],
        attributes: &["PolicyArn", "PolicyId"],
        after: &[],
        create: managed_policy,
    },
    ResourceType {
        name: "AWS::IAM::Group",
        service: ServiceName::Iam,
        properties: &[
            Property::text("Path"),
            Property::text("GroupName"),
            Property::texts("ManagedPolicyArns"),
            Property::records("Policies", INLINE_POLICY),
        ],
        attributes: &["Arn"],
        after: &[],
        create: group,
    },
    ResourceType {
        name: "AWS::IAM::Policy",
        service: ServiceName::Iam,
        properties: &[
            Property::text("PolicyName").required(),
            Property::json_text("PolicyDocument").required(),
            Property::texts("Users"),
            Property::texts("Roles"),
            Property::texts("Groups"),
        ],
        attributes: &[],
        after: &[],
        create: inline_policy,
    },
    ResourceType {
        name: "AWS::IAM::AccessKey",
        service: ServiceName::Iam,
        properties: &[Property::text("UserName").required(), Property::text("Status")],
        attributes: &["SecretAccessKey"],
        after: &[],
        create: access_key,
    },
];

fn user(making: &mut Making<'_>) -> Result<Created, DeployError> {
    let groups = making.take_list("Groups");
    let managed = making.take_list("ManagedPolicyArns");
    let inline = making.take_list("Policies");
    let login = making.take("LoginProfile");
    let name = making.name("UserName");
    let parameters = making.rest();
    let answer = making.call("CreateUser", parameters)?;
    if let Some(Value::Object(mut login)) = login {
        login.insert("UserName".to_owned(), name.as_str().into());
        making.call("CreateLoginProfile", login)?;
    }
    making.call_each("AddUserToGroup", ("UserName", &name), "GroupName", groups)?;
    making.call_each("AttachUserPolicy", ("UserName", &name), "PolicyArn", managed)?;
    put_inline(making, "PutUserPolicy", ("UserName", &name), inline)?;
    Ok(Created::new(name).with("Arn", text_at(&answer, "/User/Arn")))
}

fn role(making: &mut Making<'_>) -> Result<Created, DeployError> {
    let managed = making.take_list("ManagedPolicyArns");
    let inline = making.take_list("Policies");
    let name = making.name("RoleName");
    let parameters = making.rest();
    let answer = making.call("CreateRole", parameters)?;
    making.call_each("AttachRolePolicy", ("RoleName", &name), "PolicyArn", managed)?;
    put_inline(making, "PutRolePolicy", ("RoleName", &name), inline)?;
    Ok(Created::new(name)
        .with("Arn", text_at(&answer, "/Role/Arn"))
        .with("RoleId", text_at(&answer, "/Role/RoleId")))
}

fn managed_policy(making: &mut Making<'_>) -> Result<Created, DeployError> {
    let users = making.take_list("Users");
    let roles = making.take_list("Roles");
    let groups = making.take_list("Groups");
    making.name("PolicyName");
    let parameters = making.rest();
    let answer = making.call("CreatePolicy", parameters)?;
    let arn = text_at(&answer, "/Policy/Arn");
    making.call_each("AttachUserPolicy", ("PolicyArn", &arn), "UserName", users)?;
    making.call_each("AttachRolePolicy", ("PolicyArn", &arn), "RoleName", roles)?;
    making.call_each("AttachGroupPolicy", ("PolicyArn", &arn), "GroupName", groups)?;
    Ok(Created::new(arn.clone())
        .with("PolicyArn", arn)
        .with("PolicyId", text_at(&answer, "/Policy/PolicyId")))
}

fn group(making: &mut Making<'_>) -> Result<Created, DeployError> {
    let managed = making.take_list("ManagedPolicyArns");
    let inline = making.take_list("Policies");
    let name = making.name("GroupName");
    let parameters = making.rest();
    let answer = making.call("CreateGroup", parameters)?;
    making.call_each("AttachGroupPolicy", ("GroupName", &name), "PolicyArn", managed)?;
    put_inline(making, "PutGroupPolicy", ("GroupName", &name), inline)?;
    Ok(Created::new(name).with("Arn", text_at(&answer, "/Group/Arn")))
}

fn inline_policy(making: &mut Making<'_>) -> Result<Created, DeployError> {
    let owners = [
        ("PutUserPolicy", "UserName", making.take_list("Users")),
        ("PutRolePolicy", "RoleName", making.take_list("Roles")),
        ("PutGroupPolicy", "GroupName", making.take_list("Groups")),
    ];
    let policy = Value::Object(making.rest());
    for (operation, owner, names) in owners {
        for name in names.iter().filter_map(Value::as_str) {
            put_inline(making, operation, (owner, name), vec![policy.clone()])?;
        }
    }
    Ok(Created::new(text_at(&policy, "/PolicyName")))
}

fn access_key(making: &mut Making<'_>) -> Result<Created, DeployError> {
    let status = making.take("Status").filter(|status| *status == "Inactive");
    let parameters = making.rest();
    let user = parameters.get("UserName").cloned();
    let answer = making.call("CreateAccessKey", parameters)?;
    let id = text_at(&answer, "/AccessKey/AccessKeyId");
    if status.is_some() {
        let off = json!({ "UserName": user, "AccessKeyId": id, "Status": "Inactive" });
        making.call("UpdateAccessKey", off)?;
    }
    Ok(Created::new(id).with("SecretAccessKey", text_at(&answer, "/AccessKey/SecretAccessKey")))
}

fn put_inline(
    making: &mut Making<'_>,
    operation: &str,
    owner: (&str, &str),
    policies: Vec<Value>,
) -> Result<(), DeployError> {
    for policy in policies {
        let parameters = json!({
            owner.0: owner.1,
            "PolicyName": policy.get("PolicyName"),
            "PolicyDocument": policy.get("PolicyDocument"),
        });
        making.call(operation, parameters)?;
    }
    Ok(())
}
