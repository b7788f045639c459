exec(open('/tmp/next/apply1.py').read().split("src='/tmp/next")[0])
sub('src/aws/s3/objects.rs',
("""        let account_id = Arc::clone(&self.account_id);
        let Some(bucket) = self.buckets.get_mut(name) else {
            return Err(Reason::new(
                reasons::NO_RESOURCE,
                format!("NoSuchBucket: The specified bucket does not exist ({name})"),
            ));
        };
        let context""","""        let resource = global_arn("s3", "", &format!("{name}/{key}"));
        self.let_in(by, "s3:PutObject", &resource, source_arn)?;
        let compressed = key.ends_with(".gz");
        if let Some(bucket) = self.buckets.get_mut(name) {
            bucket.objects.insert(Arc::clone(key), Object::new(Arc::clone(body), compressed, out));
        }
        Ok(())
    }

    /// Whether a bucket is there, and its policy lets a service in.
    pub(super) fn let_in(&self, by: &str, action: &str, resource: &str, source_arn: &str) -> Reception {
        let named = resource.strip_prefix("arn:aws:s3:::").unwrap_or(resource);
        let name = named.split('/').next().unwrap_or(named);
        let Some(bucket) = self.buckets.get(name) else {
            return Err(Reason::new(
                reasons::NO_RESOURCE,
                format!("NoSuchBucket: The specified bucket does not exist ({name})"),
            ));
        };
        let context"""),
(""".with("aws:SourceAccount", account_id.as_ref())""",""".with("aws:SourceAccount", self.account_id.as_ref())"""),
("""        let resource = global_arn("s3", "", &format!("{name}/{key}"));
        let asked = PolicyRequest {
            principal: PrincipalRef::Service(by),
            action: "s3:PutObject",
            resource: &resource,
            context: &context,
        };
""","""        let asked =
            PolicyRequest { principal: PrincipalRef::Service(by), action, resource, context: &context };
"""),
("""                _ => "because no resource-based policy allows the s3:PutObject action",
            };
            let detail = format!(
                "AccessDenied: {by} is not authorized to perform: s3:PutObject on resource: \\"{resource}\\" {why}"
            );
            return Err(Reason::new(reasons::NOT_AUTHORISED, detail));
        }
        bucket.objects.insert(Arc::clone(key), Object::new(Arc::clone(body), out));
        Ok(())
""","""                _ => &*format!("because no resource-based policy allows the {action} action"),
            };
            let detail = format!(
                "AccessDenied: {by} is not authorized to perform: {action} on resource: \\"{resource}\\" {why}"
            );
            return Err(Reason::new(reasons::NOT_AUTHORISED, detail));
        }
        Ok(())
"""),
("""    fn new(body: Arc<Value>, out: &Outbox<'_>) -> Self {
        let text = match body.as_ref() {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let digest = Sha256::digest(&text);
        let half = digest.first_chunk::<16>().map_or(0, |bytes| u128::from_be_bytes(*bytes));
        Self { etag: format!("\\"{half:032x}\\"").into(), size: text.len(), modified: out.moment().utc, body }
""","""    /// A body that is compressed is kept readable, as a client that unpacks it sees it; size and tag are those of the
    /// bytes that AWS would keep.
    fn new(body: Arc<Value>, compressed: bool, out: &Outbox<'_>) -> Self {
        let text = match body.as_ref() {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let bytes = if compressed { gzip(text.as_bytes()) } else { text.into_bytes() };
        let digest = Sha256::digest(&bytes);
        let half = digest.first_chunk::<16>().map_or(0, |bytes| u128::from_be_bytes(*bytes));
        let etag = format!("\\"{half:032x}\\"").into();
        Self { etag, size: bytes.len(), modified: out.moment().utc, compressed, body }
"""),
("Object::new(Arc::new(input.body.unwrap_or_default().into()), cx.out)","Object::new(Arc::new(input.body.unwrap_or_default().into()), false, cx.out)"),
("""        Ok(json!({
            "AcceptRanges": "bytes",
            "LastModified": date(object.modified),
            "ContentLength": object.size,
            "ETag": object.etag.as_ref(),
            "ContentType": "binary/octet-stream",
            "ServerSideEncryption": bucket.encryption.algorithm.as_ref(),
            "Metadata": {},
            "Body": object.body.as_ref(),
        }))""","""        let mut answer = json!({
            "AcceptRanges": "bytes",
            "LastModified": date(object.modified),
            "ContentLength": object.size,
            "ETag": object.etag.as_ref(),
            "ContentType": "binary/octet-stream",
            "ServerSideEncryption": bucket.encryption.algorithm.as_ref(),
            "Metadata": {},
            "Body": object.body.as_ref(),
        });
        if object.compressed {
            answer["ContentEncoding"] = "gzip".into();
            answer["ContentType"] = "application/json".into();
        }
        Ok(answer)"""),
("""        arn::global_arn,
        note::reasons,""","""        arn::global_arn,
        gzip::gzip,
        note::reasons,"""),
)
sub('src/aws/s3/mod.rs',("""    fn resources(&self, _operation""","""    fn admits(&self, admission: &Admission, _region: &Region) -> Reception {
        let mut asks = admission.asks.iter();
        asks.try_for_each(|(action, arn)| self.let_in(admission.principal, action, arn, &admission.source_arn))
    }

    fn resources(&self, _operation"""))
sub('src/aws/iam/authorise.rs',("""    /// A role must trust the caller;""","""    /// Whether a service may do something as the role it names; a service that names none is not IAM's to judge.
    pub fn lets_act(&self, admission: &Admission) -> Reception {
        let Some(role_arn) = admission.role_arn.as_deref() else { return Ok(()) };
        let refuse = |detail: String| Err(Reason::new(reasons::NOT_AUTHORISED, detail));
        let name = Arn::parse(role_arn).and_then(|arn| arn.resource.rsplit('/').next());
        let Some(role) = name.and_then(|name| self.state.roles.get(name)) else {
            return refuse(format!("AccessDenied: the role {role_arn} does not exist"));
        };
        let by = admission.principal;
        let context = PolicyContext::default()
            .with("aws:SourceArn", &*admission.source_arn)
            .with("aws:SourceAccount", &*self.account_id);
        let asked = |action, resource| PolicyRequest {
            principal: PrincipalRef::Service(by),
            action,
            resource,
            context: &context,
        };
        if role.trust.document.judge(&asked("sts:AssumeRole", role_arn)) != Verdict::Allow {
            return refuse(format!("AccessDenied: the role {role_arn} does not trust {by}"));
        }
        for (action, resource) in &admission.asks {
            let verdicts = || self.state.documents(&role.policies).map(|policy| policy.judge(&asked(action, resource)));
            let is_denied = verdicts().any(|verdict| verdict == Verdict::Deny);
            if is_denied || !verdicts().any(|verdict| verdict == Verdict::Allow) {
                let why = if is_denied {
                    "with an explicit deny in an identity-based policy".to_owned()
                } else {
                    format!("because no identity-based policy allows the {action} action")
                };
                return refuse(format!(
                    "AccessDenied: {role_arn} is not authorized to perform: {action} on resource: {resource} {why}"
                ));
            }
        }
        Ok(())
    }

    /// A role must trust the caller;"""),
("        policy::{PolicyContext, PolicyDocument, PolicyRequest, PrincipalRef, Verdict},\n","        Reason,\n        note::reasons,\n        policy::{PolicyContext, PolicyDocument, PolicyRequest, PrincipalRef, Verdict},\n        service::{Admission, Reception},\n"))
sub('src/aws/s3/bucket.rs',("    pub modified: DateTime<Utc>,\n}\n\n/// The account's canonical","    pub modified: DateTime<Utc>,\n    /// gzip.\n    pub compressed: bool,\n}\n\n/// The account's canonical"))
sub('src/aws/sns/publish.rs',("""        let Some(topic) = self.topic(&message.topic_arn).filter(|topic| topic.region == *region).cloned()
        else {
            return Err(Reason::new(reasons::NO_RESOURCE, Arc::clone(&message.topic_arn)));
        };
        if let Sender::Service { principal, source_arn } = &message.by
            && !self.lets_in(&topic, principal, source_arn)
        {
            let detail =
                format!("{principal} is not authorized to perform: SNS:Publish on resource: {}", topic.arn);
            return Err(Reason::new(reasons::NOT_AUTHORISED, detail));
        }
        self.fan_out(&topic, message, out);
        Ok(())
    }
""","""        let topic = self.topic_in(&message.topic_arn, region)?.clone();
        if let Sender::Service { principal, source_arn } = &message.by {
            self.admit(&topic, principal, source_arn)?;
        }
        self.fan_out(&topic, message, out);
        Ok(())
    }

    /// The topic of that ARN, if it is one of this region.
    pub(super) fn topic_in(&self, arn: &str, region: &Region) -> Result<&Topic, Reason> {
        let found = self.topic(arn).filter(|topic| topic.region == *region);
        found.ok_or_else(|| Reason::new(reasons::NO_RESOURCE, arn))
    }

    /// Lets a service publish, or says that the policy does not.
    pub(super) fn admit(&self, topic: &Topic, principal: &str, source_arn: &str) -> Reception {
        if self.lets_in(topic, principal, source_arn) {
            return Ok(());
        }
        let detail =
            format!("{principal} is not authorized to perform: SNS:Publish on resource: {}", topic.arn);
        Err(Reason::new(reasons::NOT_AUTHORISED, detail))
    }
"""))
sub('src/aws/sns/mod.rs',("""    fn resources(&self, _operation""","""    fn admits(&self, admission: &Admission, region: &Region) -> Reception {
        admission.asks.iter().try_for_each(|(_, arn)| {
            let topic = self.topic_in(arn, region)?;
            self.admit(topic, admission.principal, &admission.source_arn)
        })
    }

    fn resources(&self, _operation"""))
