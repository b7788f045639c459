//! Whether new volumes of a Region are encrypted unless asked otherwise. There are no volumes here: it is a setting
//! that Config's rules look at.
//!
//! Its record in CloudTrail is spelled like those of other calls; no published one was found to compare it with.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::{Ec2, errors::stop_if_dry};
use crate::aws::{ApiOutcome, CallContext, Region, parcel::ResourceChange};

/// Encrypts new volumes of the Region from now on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct EnableEbsEncryptionByDefault {
    /// Asks only whether one may: nothing is done.
    pub dry_run: Option<bool>,
}

/// Leaves encryption to whoever makes a volume.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DisableEbsEncryptionByDefault {
    /// Asks only whether one may: nothing is done.
    pub dry_run: Option<bool>,
}

/// Says whether new volumes of the Region are encrypted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetEbsEncryptionByDefault {
    /// Asks only whether one may: nothing is done.
    pub dry_run: Option<bool>,
}

impl Ec2 {
    pub(super) fn enable_ebs_encryption_by_default(
        &mut self,
        input: EnableEbsEncryptionByDefault,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        stop_if_dry(input.dry_run)?;
        self.set_ebs_encryption(cx.region(), true)
    }

    pub(super) fn disable_ebs_encryption_by_default(
        &mut self,
        input: DisableEbsEncryptionByDefault,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        stop_if_dry(input.dry_run)?;
        self.set_ebs_encryption(cx.region(), false)
    }

    pub(super) fn get_ebs_encryption_by_default(
        &mut self,
        input: GetEbsEncryptionByDefault,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        stop_if_dry(input.dry_run)?;
        let is_on = self.place(cx.region()).encrypts_volumes;
        Ok(json!({ "EbsEncryptionByDefault": is_on }))
    }

    fn set_ebs_encryption(&mut self, region: &Region, is_on: bool) -> ApiOutcome {
        self.place(region).encrypts_volumes = is_on;
        Ok(json!({ "EbsEncryptionByDefault": is_on }))
    }

    /// What rules about the account want to know of EC2 in a Region.
    pub(super) fn account_fact(&self, region: &Region) -> ResourceChange {
        let is_on = self.regions.get(region).is_some_and(|place| place.encrypts_volumes);
        ResourceChange::of_account(&self.account_id, "ec2", json!({ "ebsEncryptionByDefault": is_on }))
    }
}
