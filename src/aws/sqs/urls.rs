//! The URLs by which queues are called, and the ARNs behind them.

use crate::aws::arn::Arn;

/// The URL of the queue of an ARN.
pub fn url_of_arn(queue_arn: &str) -> Option<String> {
    let arn = Arn::parse(queue_arn).filter(|arn| arn.service == "sqs")?;
    Some(url(arn.region, arn.account_id, arn.resource))
}

/// `https://sqs.<region>.amazonaws.com/<account>/<name>`
pub(super) fn url(region: &str, account_id: &str, name: &str) -> String {
    format!("https://sqs.{region}.amazonaws.com/{account_id}/{name}")
}

/// The ARN behind a queue's URL; the host of older clients is understood too.
pub(super) fn arn_of_url(url: &str) -> Option<String> {
    let rest = url.strip_prefix("https://")?;
    let mut parts = rest.splitn(3, '/');
    let (host, account_id, name) = (parts.next()?, parts.next()?, parts.next()?);
    let region = host.strip_suffix(".amazonaws.com")?;
    let region = region.strip_prefix("sqs.").or_else(|| region.strip_suffix(".queue"))?;
    Some(format!("arn:aws:sqs:{region}:{account_id}:{name}"))
}
