package catalog

// aliases are the names in use that neither models nor signing names give: of AWS CLI commands,
// of SDK packages, of LocalStack and moto, of Terraform's endpoints and of people. They are written
// as appendLoose has them.
var aliases = map[string]string{
	"apigatewayv1":                "apigateway",
	"apigw":                       "apigateway",
	"appautoscaling":              "application-autoscaling",
	"awslambda":                   "lambda",
	"cfn":                         "cloudformation",
	"cloudcontrolapi":             "cloudcontrol",
	"cloudwatchevents":            "events",
	"cloudwatchmetrics":           "cloudwatch",
	"cloudwatchrum":               "rum",
	"cognito":                     "cognito-idp",
	"cwlogs":                      "logs",
	"databasemigration":           "dms",
	"ddb":                         "dynamodb",
	"deploy":                      "codedeploy",
	"dynamo":                      "dynamodb",
	"email":                       "ses",
	"elasticcomputecloud":         "ec2",
	"elasticcontainerregistry":    "ecr",
	"elasticcontainerservice":     "ecs",
	"elasticfilesystem":           "efs",
	"elastickubernetesservice":    "eks",
	"elasticsearch":               "es",
	"eventbridgescheduler":        "scheduler",
	"faultinjectionservice":       "fis",
	"faultinjectionsimulator":     "fis",
	"identityandaccessmanagement": "iam",
	"inspectorv2":                 "inspector2",
	"keymanagementservice":        "kms",
	"kinesisfirehose":             "firehose",
	"kinesisstreams":              "kinesis",
	"locationservice":             "location",
	"managedgrafana":              "grafana",
	"msk":                         "kafka",
	"parameterstore":              "ssm",
	"prometheus":                  "amp",
	"prometheusservice":           "amp",
	"recyclebin":                  "rbin",
	"relationaldatabaseservice":   "rds",
	"s3api":                       "s3",
	"securitytokenservice":        "sts",
	"simpleemail":                 "ses",
	"simpleemailservice":          "ses",
	"simpleemailservicev2":        "sesv2",
	"simplenotificationservice":   "sns",
	"simplequeueservice":          "sqs",
	"simplestorageservice":        "s3",
	"simplesystemsmanagement":     "ssm",
	"simplesystemsmanager":        "ssm",
	"simpleworkflow":              "swf",
	"simpleworkflowservice":       "swf",
	"states":                      "stepfunctions",
	"stepfunction":                "stepfunctions",
	"systemsmanager":              "ssm",
	"taggingapi":                  "resourcegroupstaggingapi",
	"transcribeservice":           "transcribe",
}

// moreSigningNames are those that endpoint rules give to some calls of a service.
var moreSigningNames = map[string][]string{
	"s3":           {"s3express", "s3-outposts", "s3-object-lambda"},
	"s3control":    {"s3express", "s3-outposts"},
	"importexport": {"IngestionService"},
}

// moreEndpointPrefixes are those that endpoint rules use besides the models' or in their place.
var moreEndpointPrefixes = map[string][]string{
	"arc-region-switch":       {"arc-region-switch-control-plane"},
	"detective":               {"detective"},
	"dynamodb":                {"ddb"},
	"dynamodbstreams":         {"streams-dynamodb"},
	"ecr":                     {"ecr"},
	"ecr-public":              {"ecr-public"},
	"efs":                     {"efs"},
	"es":                      {"aos"},
	"geo-maps":                {"maps.geo"},
	"geo-places":              {"places.geo"},
	"geo-routes":              {"routes.geo"},
	"iot-data":                {"data.iot"},
	"iotsecuretunneling":      {"api.iot-tunneling"},
	"kafka":                   {"kafka-api"},
	"marketplace-catalog":     {"catalog-marketplace"},
	"marketplace-entitlement": {"entitlement-marketplace"},
	"mediatailor":             {"mediatailor"},
	"meteringmarketplace":     {"metering-marketplace"},
	"opensearch":              {"aos"},
	"sqs":                     {"queue"},
	"sustainability":          {"api.sustainability"},
	"timestream-query":        {"timestream-query"},
	"timestream-write":        {"timestream-ingest"},
}

// rank puts services behind others that share a signing name, a target prefix, a host or a version
// with them, and that callers mean more often. It is 0 for those that are not here.
var rank = map[string]int{
	"docdb":            1,
	"mailmanager":      1,
	"pinpoint-email":   1,
	"rds":              -1,
	"timestream-query": -1,
}

// name builds the maps behind Lookup. Who comes first keeps a name: botocore's own, then ids, then
// aliases, then signing names and endpoint prefixes that only one service has.
func (t *Table) name() {
	t.exact = make(map[string]*entry, 4*len(t.entries))
	t.loose = make(map[string]*entry, 4*len(t.entries))
	byName := make(map[string]*entry, len(t.entries))
	for i := range t.entries {
		e := &t.entries[i]
		byName[e.service.Name] = e
		t.know(e.service.Name, e)
	}
	for i := range t.entries {
		t.know(t.entries[i].service.ID, &t.entries[i])
	}
	for alias, name := range aliases {
		if e := byName[name]; e != nil {
			t.know(alias, e)
		}
	}
	for i := range t.entries {
		s := &t.entries[i].service
		for _, g := range []struct {
			by   map[string]*group
			name string
		}{{t.bySigningName, s.SigningName}, {t.byEndpointPrefix, s.EndpointPrefix}, {t.byTargetPrefix, s.TargetPrefix}} {
			if g.name != "" && len(g.by[g.name].entries) == 1 {
				t.know(g.name, &t.entries[i])
			}
		}
	}
}

func (t *Table) know(name string, e *entry) {
	if !has(t.exact, name) {
		t.exact[name] = e
	}
	if loose := string(appendLoose(nil, name)); !has(t.loose, loose) {
		t.loose[loose] = e
	}
}

// appendLoose appends the name's letters and digits, small, without the vendor before it: what
// "Amazon DynamoDB", "dynamo-db" and "DynamoDB" have in common.
func appendLoose(b []byte, name string) []byte {
	start := len(b)
	for i := range len(name) {
		switch c := name[i]; {
		case c >= 'A' && c <= 'Z':
			b = append(b, c|0x20)
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			b = append(b, c)
		case c == ' ':
			if word := string(b[start:]); word == "amazon" || word == "aws" {
				b = b[:start]
			}
		}
	}
	return b
}
