exec(open('/tmp/next/apply1.py').read().split("src='/tmp/next")[0])
for f in ['sns','s3']:
    sub(f'src/aws/{f}/mod.rs',("service::{Reception, TrailShape}","service::{Admission, Reception, TrailShape}"))
sub('src/aws/account.rs',("parcel::ResourceChange,","parcel::{Parcel, ResourceChange},"),("service::Reception,","service::{Admission, Reception},"))
sub('src/aws/cloudtrail/deliver.rs',("""        let trails: Vec<Arc<Trail>> = self.trails.iter().chain(&closing).cloned().collect();
""","""        let remaining = self.trails.iter().filter(|trail| closing.as_ref().is_none_or(|it| it.arn != trail.arn));
        let trails: Vec<Arc<Trail>> = remaining.chain(&closing).cloned().collect();
"""),
("    fn remember(&mut self, record: &Record, hop: crate::kernel::HopId, out: &mut Outbox<'_>) {","    fn remember(&mut self, record: &Record, hop: HopId, out: &mut Outbox<'_>) {"),
("""use crate::aws::{
    Delay,""","""use crate::{
    aws::{
    Delay,"""),
("""    record::Record,
};

impl""","""    record::Record,
    },
    kernel::HopId,
};

impl"""))
for f,old in [('logging','let trail = &mut self.trails[place];'),('select','let trail = &mut self.trails[place];'),('tag','let trail = &mut self.trails[place];')]:
    p=root+f'src/aws/cloudtrail/operations/{f}.rs'; s=open(p).read(); s=s.replace(old,'let trail = self.trail_mut(place);'); open(p,'w').write(s)
sub('src/aws/cloudtrail/operations/logging.rs',("self.closing = Some(trail.clone());","let before = std::sync::Arc::new(trail.clone());"),("(trail.is_logging, trail.stopped) = (false, Some(cx.moment().utc));\n            announce(trail, false, cx);","(trail.is_logging, trail.stopped) = (false, Some(cx.moment().utc));\n            announce(trail, false, cx);\n            self.closing = Some(before);"))
p=root+'src/aws/cloudtrail/operations/settings.rs'; s=open(p).read()
s=s.replace("self.trails.push(trail);","self.trails.push(Arc::new(trail));").replace("changed(self.trails[place].clone(), input)","changed(Trail::clone(&self.trails[place]), input)").replace("self.trails[place] = trail;","self.trails[place] = Arc::new(trail);").replace("needs(&changed(trail.clone(), input), &self.account_id)","needs(&changed(Trail::clone(trail), input), &self.account_id)")
open(p,'w').write(s)
p=root+'src/aws/cloudtrail/operations/describe.rs'; s=open(p).read()
s=s.replace(".map(Trail::description)",".map(|trail| trail.description())").replace("cloudtrail::{CloudTrail, Trail, status}","cloudtrail::{CloudTrail, status}"); open(p,'w').write(s)
# account: many alike
sub('src/aws/account.rs',("""    /// The one door: validates,""","""    /// The same call many times over, told as one with its count: reads of objects by the million.
    ///
    /// # Errors
    /// As [`Account::call`].
    pub fn call_many(&mut self, call: &Arc<ApiCall>, count: u64, out: &mut Outbox<'_>) -> ApiOutcome {
        self.pass(call, count, out)
    }

    /// The one door: validates,"""),
("""    pub fn call(&mut self, call: &Arc<ApiCall>, out: &mut Outbox<'_>) -> ApiOutcome {
""","""    pub fn call(&mut self, call: &Arc<ApiCall>, out: &mut Outbox<'_>) -> ApiOutcome {
        self.pass(call, 1, out)
    }

    fn pass(&mut self, call: &Arc<ApiCall>, count: u64, out: &mut Outbox<'_>) -> ApiOutcome {
"""),
("            let record = record::build(&self.services, &self.id, operation, call, &outcome, out);","            let mut record = record::build(&self.services, &self.id, operation, call, &outcome, out);\n            record.count = count;"))
sub('src/aws/cloudformation/types/cloudtrail.rs',
("""        Property::text("S3KeyPrefix"),
""","""        Property::text("S3KeyPrefix"),
        Property::text("SnsTopicName"),
"""),
("""                Property::texts("ExcludeManagementEventSources"),
            ],
        ),
    ],
    attributes: &["Arn"],""","""                Property::texts("ExcludeManagementEventSources"),
            ],
        ),
        Property::records(
            "AdvancedEventSelectors",
            &[
                Property::text("Name"),
                Property::records(
                    "FieldSelectors",
                    &[
                        Property::text("Field").required(),
                        Property::texts("Equals"),
                        Property::texts("StartsWith"),
                        Property::texts("EndsWith"),
                        Property::texts("NotEquals"),
                        Property::texts("NotStartsWith"),
                        Property::texts("NotEndsWith"),
                    ],
                )
                .required(),
            ],
        ),
        Property::records("InsightSelectors", &[Property::text("InsightType")]),
        Property::boolean("IsOrganizationTrail"),
    ],
    attributes: &["Arn", "SnsTopicArn"],"""),
("""    let selectors = making.take("EventSelectors");
""","""    let selectors = ["EventSelectors", "AdvancedEventSelectors"].map(|kind| (kind, making.take(kind)));
    let insights = making.take("InsightSelectors");
"""),
("""    if let Some(selectors) = selectors {
        making.call("PutEventSelectors", json!({"TrailName": name, "EventSelectors": selectors}))?;
    }
""","""    let chosen: Map<String, Value> =
        selectors.into_iter().filter_map(|(kind, list)| Some((kind.to_owned(), list?))).collect();
    if !chosen.is_empty() {
        let trail_name = ("TrailName".to_owned(), name.as_str().into());
        making.call("PutEventSelectors", std::iter::once(trail_name).chain(chosen).collect::<Map<_, _>>())?;
    }
    if let Some(insights) = insights {
        making.call("PutInsightSelectors", json!({"TrailName": name, "InsightSelectors": insights}))?;
    }
"""),
("""    Ok(Created::new(name).with("Arn", text_at(&answer, "/TrailARN")))""","""    Ok(Created::new(name)
        .with("Arn", text_at(&answer, "/TrailARN"))
        .with("SnsTopicArn", text_at(&answer, "/SnsTopicARN")))"""),
("use serde_json::{Value, json};","use serde_json::{Map, Value, json};"),
("    // A trail's bucket must already let it in.\n    after: &[\"AWS::S3::BucketPolicy\"],","    // A trail's bucket and topic must already let it in.\n    after: &[\"AWS::S3::BucketPolicy\", \"AWS::SNS::TopicPolicy\"],"),
)
