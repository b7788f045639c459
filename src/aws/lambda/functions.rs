//! The operations on functions.

use std::{collections::BTreeMap, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    ApiError, ApiOutcome, CallContext, Function, Lambda, Region, checks,
    configuration::{self, announce},
    errors,
    settings::AsyncSettings,
    state::{arn_of, plain_name},
    tagging::listed,
    versions::check_qualifier,
};
use crate::aws::tags::Tags;

/// Creates a function.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CreateFunction {
    pub function_name: String,
    /// The code of the function: here the text of its JavaScript.
    pub code: Code,
    /// ARN of the role whose permissions the function's calls have.
    pub role: String,
    /// `file.export`, such as `index.handler`.
    pub handler: Option<String>,
    /// Such as `nodejs22.x`.
    pub runtime: Option<String>,
    pub description: Option<String>,
    /// Seconds; 3 if left out.
    pub timeout: Option<u32>,
    /// MB; 128 if left out.
    pub memory_size: Option<u32>,
    pub publish: Option<bool>,
    pub package_type: Option<String>,
    pub environment: Option<Environment>,
    pub dead_letter_config: Option<DeadLetterConfig>,
    pub tags: Option<BTreeMap<String, String>>,
}

/// Where the code is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Code {
    /// The text of `index.js`, as a CloudFormation template gives it.
    pub zip_file: String,
}

/// Variables the code reads in `process.env`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Environment {
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
}

/// Where an asynchronous event goes after its last failure.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeadLetterConfig {
    /// ARN of a queue or a topic.
    pub target_arn: Option<String>,
}

/// Shows a function, its code's place and its tags.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetFunction {
    pub function_name: String,
    /// `$LATEST`.
    pub qualifier: Option<String>,
}

/// Shows a function's settings.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetFunctionConfiguration {
    pub function_name: String,
    /// `$LATEST`.
    pub qualifier: Option<String>,
}

/// Lists the functions of the Region.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListFunctions {}

/// Replaces a function's code.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct UpdateFunctionCode {
    pub function_name: String,
    /// The text of `index.js`.
    pub zip_file: String,
    pub publish: Option<bool>,
    pub dry_run: Option<bool>,
}

/// Changes a function's settings; what is left out stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct UpdateFunctionConfiguration {
    pub function_name: String,
    pub role: Option<String>,
    pub handler: Option<String>,
    pub runtime: Option<String>,
    pub description: Option<String>,
    pub timeout: Option<u32>,
    pub memory_size: Option<u32>,
    pub environment: Option<Environment>,
    pub dead_letter_config: Option<DeadLetterConfig>,
}

/// Deletes a function.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteFunction {
    pub function_name: String,
    /// `$LATEST`.
    pub qualifier: Option<String>,
}

impl Lambda {
    pub(super) fn create_function(
        &mut self,
        input: CreateFunction,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let region = cx.region().clone();
        let name: Arc<str> = plain_name(&input.function_name).into();
        errors::check_name(&name)?;
        if let Some(kind) = input.package_type.as_deref().filter(|kind| *kind != "Zip") {
            return Err(errors::invalid(format!("Vigie runs packages of type Zip, not {kind}.")));
        }
        check_publish(input.publish)?;
        if self.function(&region, &name).is_some() {
            return Err(errors::conflict(format!("Function already exist: {name}")));
        }
        let (Some(runtime), Some(handler)) = (&input.runtime, &input.handler) else {
            return Err(errors::invalid(
                "Runtime and Handler are mandatory parameters for functions created with deployment packages.",
            ));
        };
        let function = Function {
            arn: arn_of(&region, cx.account_id, &name).into(),
            name: Arc::clone(&name),
            runtime: checks::runtime(runtime)?.into(),
            role: checks::role(&input.role)?.into(),
            handler: checks::handler(handler)?.into(),
            code_sha256: sha256(&input.code.zip_file).into(),
            code: checks::code(&input.code.zip_file)?.into(),
            description: input.description.unwrap_or_default().into(),
            timeout_s: checks::timeout(input.timeout.unwrap_or(3))?,
            memory_mb: checks::memory(input.memory_size.unwrap_or(128))?,
            env: checks::env(input.environment)?,
            dead_letter: checks::dead_letter(input.dead_letter_config)?,
            tags: Tags::from(listed(input.tags.unwrap_or_default()).as_slice()),
            last_modified: configuration::modified_at(cx.moment()).into(),
            revision_id: cx.out.uuid().into(),
            created_at: cx.moment().now,
            statements: Vec::new(),
            asynchronous: AsyncSettings::default(),
            reserved: None,
            may_loop: false,
            environments: Vec::new(),
        };
        let answer = configuration::creating(&function);
        announce(&region, &function, false, cx.out);
        self.regions.entry(region).or_default().insert(name, Arc::new(function));
        Ok(answer)
    }

    pub(super) fn get_function(&mut self, input: GetFunction, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        check_qualifier(&input.function_name, input.qualifier.as_deref())?;
        let function = self.find(cx, &input.function_name)?;
        let location = format!(
            "https://awslambda-{region}-tasks.s3.{region}.amazonaws.com/snapshots/{}/{}-{}",
            cx.account_id,
            function.name,
            function.revision_id,
            region = cx.region()
        );
        let mut answer = json!({
            "Configuration": configuration::of(function, cx.moment()),
            "Code": { "RepositoryType": "S3", "Location": location },
        });
        if !function.tags.is_empty() {
            answer["Tags"] = function.tags.map();
        }
        Ok(answer)
    }

    pub(super) fn get_function_configuration(
        &mut self,
        input: GetFunctionConfiguration,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        check_qualifier(&input.function_name, input.qualifier.as_deref())?;
        Ok(configuration::of(self.find(cx, &input.function_name)?, cx.moment()))
    }

    pub(super) fn list_functions(
        &mut self,
        _input: ListFunctions,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let moment = cx.moment();
        let functions: Vec<_> =
            self.functions(cx.region()).map(|function| configuration::of(function, moment)).collect();
        Ok(json!({ "Functions": functions }))
    }

    pub(super) fn update_function_code(
        &mut self,
        input: UpdateFunctionCode,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        check_publish(input.publish)?;
        let code: Arc<str> = checks::code(&input.zip_file)?.into();
        let is_dry = input.dry_run == Some(true);
        self.change(cx, &input.function_name, |function| {
            if !is_dry {
                function.code_sha256 = sha256(&code).into();
                function.code = code;
            }
            Ok(())
        })
    }

    pub(super) fn update_function_configuration(
        &mut self,
        input: UpdateFunctionConfiguration,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        self.change(cx, &input.function_name, |function| {
            if let Some(role) = &input.role {
                function.role = checks::role(role)?.into();
            }
            if let Some(handler) = &input.handler {
                function.handler = checks::handler(handler)?.into();
            }
            if let Some(runtime) = &input.runtime {
                function.runtime = checks::runtime(runtime)?.into();
            }
            if let Some(description) = &input.description {
                function.description = description.as_str().into();
            }
            if let Some(timeout) = input.timeout {
                function.timeout_s = checks::timeout(timeout)?;
            }
            if let Some(memory) = input.memory_size {
                function.memory_mb = checks::memory(memory)?;
            }
            if input.environment.is_some() {
                function.env = checks::env(input.environment)?;
            }
            if input.dead_letter_config.is_some() {
                function.dead_letter = checks::dead_letter(input.dead_letter_config)?;
            }
            Ok(())
        })
    }

    pub(super) fn delete_function(
        &mut self,
        input: DeleteFunction,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        check_qualifier(&input.function_name, input.qualifier.as_deref())?;
        let name = plain_name(&input.function_name);
        let function = self
            .regions
            .get_mut(cx.region())
            .and_then(|functions| functions.remove(name))
            .ok_or_else(|| errors::no_such_function(cx.region(), cx.account_id, name))?;
        let region = cx.region().clone();
        announce(&region, &function, true, cx.out);
        Ok(Value::Null)
    }

    /// A function by any of its names.
    pub(super) fn find(&self, cx: &CallContext<'_, '_>, given: &str) -> Result<&Arc<Function>, ApiError> {
        let name = plain_name(given);
        self.function(cx.region(), name)
            .ok_or_else(|| errors::no_such_function(cx.region(), cx.account_id, name))
    }

    /// Changes a function: new environments, a new revision; answers with what it is now.
    fn change(
        &mut self,
        cx: &mut CallContext<'_, '_>,
        given: &str,
        change: impl FnOnce(&mut Function) -> Result<(), ApiError>,
    ) -> ApiOutcome {
        let region: Region = cx.region().clone();
        let mut function = Function::clone(self.find(cx, given)?);
        change(&mut function)?;
        function.last_modified = configuration::modified_at(cx.moment()).into();
        function.revision_id = cx.out.uuid().into();
        function.environments.clear();
        let answer = configuration::of(&function, cx.moment());
        announce(&region, &function, false, cx.out);
        self.regions.entry(region).or_default().insert(Arc::clone(&function.name), Arc::new(function));
        Ok(answer)
    }
}

/// There are no versions to publish.
fn check_publish(publish: Option<bool>) -> Result<(), ApiError> {
    if publish == Some(true) { Err(errors::not_simulated("Publish")) } else { Ok(()) }
}

fn sha256(code: &str) -> String {
    STANDARD.encode(Sha256::digest(code))
}
