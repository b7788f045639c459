//! The table of services: adding a service is one line in each list.

use super::{
    Region, Service, ServiceName, cloudtrail, cloudwatch, config, ec2, eventbridge, iam, kinesis, kms,
    lambda, logs, rds, s3, ses, sns, sqs, sts,
};

/// Every service of an account.
#[derive(Clone, Debug)]
pub struct Services {
    pub ec2: ec2::Ec2,
    pub s3: s3::S3,
    pub rds: rds::Rds,
    pub iam: iam::Iam,
    pub sts: sts::Sts,
    pub cloudtrail: cloudtrail::CloudTrail,
    pub cloudwatch: cloudwatch::CloudWatch,
    pub logs: logs::Logs,
    pub config: config::Config,
    pub eventbridge: eventbridge::EventBridge,
    pub lambda: lambda::Lambda,
    pub sns: sns::Sns,
    pub sqs: sqs::Sqs,
    pub ses: ses::Ses,
    pub kms: kms::Kms,
    pub kinesis: kinesis::Kinesis,
}

impl Services {
    pub fn new(account_id: &str, home: &Region) -> Self {
        Self {
            ec2: ec2::Ec2::new(account_id, home),
            s3: s3::S3::new(account_id, home),
            rds: rds::Rds::new(account_id, home),
            iam: iam::Iam::new(account_id, home),
            sts: sts::Sts::new(account_id, home),
            cloudtrail: cloudtrail::CloudTrail::new(account_id, home),
            cloudwatch: cloudwatch::CloudWatch::new(account_id, home),
            logs: logs::Logs::new(account_id, home),
            config: config::Config::new(account_id, home),
            eventbridge: eventbridge::EventBridge::new(account_id, home),
            lambda: lambda::Lambda::new(account_id, home),
            sns: sns::Sns::new(account_id, home),
            sqs: sqs::Sqs::new(account_id, home),
            ses: ses::Ses::new(account_id, home),
            kms: kms::Kms::new(account_id, home),
            kinesis: kinesis::Kinesis::new(account_id, home),
        }
    }

    pub fn get(&self, name: ServiceName) -> Option<&dyn Service> {
        match name {
            ServiceName::Ec2 => Some(&self.ec2),
            ServiceName::S3 => Some(&self.s3),
            ServiceName::Rds => Some(&self.rds),
            ServiceName::Iam => Some(&self.iam),
            ServiceName::Sts => Some(&self.sts),
            ServiceName::CloudTrail => Some(&self.cloudtrail),
            ServiceName::CloudWatch => Some(&self.cloudwatch),
            ServiceName::Logs => Some(&self.logs),
            ServiceName::Config => Some(&self.config),
            ServiceName::EventBridge => Some(&self.eventbridge),
            ServiceName::Lambda => Some(&self.lambda),
            ServiceName::Sns => Some(&self.sns),
            ServiceName::Sqs => Some(&self.sqs),
            ServiceName::Ses => Some(&self.ses),
            ServiceName::Kms => Some(&self.kms),
            ServiceName::Kinesis => Some(&self.kinesis),
            _ => None,
        }
    }

    pub fn get_mut(&mut self, name: ServiceName) -> Option<&mut dyn Service> {
        match name {
            ServiceName::Ec2 => Some(&mut self.ec2),
            ServiceName::S3 => Some(&mut self.s3),
            ServiceName::Rds => Some(&mut self.rds),
            ServiceName::Iam => Some(&mut self.iam),
            ServiceName::Sts => Some(&mut self.sts),
            ServiceName::CloudTrail => Some(&mut self.cloudtrail),
            ServiceName::CloudWatch => Some(&mut self.cloudwatch),
            ServiceName::Logs => Some(&mut self.logs),
            ServiceName::Config => Some(&mut self.config),
            ServiceName::EventBridge => Some(&mut self.eventbridge),
            ServiceName::Lambda => Some(&mut self.lambda),
            ServiceName::Sns => Some(&mut self.sns),
            ServiceName::Sqs => Some(&mut self.sqs),
            ServiceName::Ses => Some(&mut self.ses),
            ServiceName::Kms => Some(&mut self.kms),
            ServiceName::Kinesis => Some(&mut self.kinesis),
            _ => None,
        }
    }
}
