package recognition

import "strings"

// kinds are the parameters whose resource the general rule does not tell: by service and the
// parameter's name in small letters.
var kinds = map[string]string{
	// The most usual ones stand here, too, since this costs no allocation.
	"dynamodb indexname":                           "",
	"dynamodb tablename":                           "table",
	"kinesis streamname":                           "stream",
	"kms keyid":                                    "key",
	"lambda functionname":                          "function",
	"logs loggroupname":                            "log-group",
	"secretsmanager secretid":                      "secret",
	"sqs queueurl":                                 "queue",
	"sqs queuename":                                "queue",
	"cloudformation stackname":                     "stack",
	"dynamodb globaltablename":                     "table",
	"dynamodb sourcetablename":                     "table",
	"dynamodb targettablename":                     "table",
	"ecs cluster":                                  "cluster",
	"ecs clusters":                                 "cluster",
	"ecs service":                                  "service",
	"ecs services":                                 "service",
	"ecs task":                                     "task",
	"ecs taskdefinition":                           "task-definition",
	"ecs tasks":                                    "task",
	"elasticache cacheclusterid":                   "cluster",
	"elasticache replicationgroupid":               "replicationgroup",
	"events name":                                  "rule",
	"events rule":                                  "rule",
	"firehose deliverystreamname":                  "deliverystream",
	"glue name":                                    "",
	"kms aliasname":                                "alias",
	"neptune dbinstanceidentifier":                 "db",
	"neptune dbclusteridentifier":                  "cluster",
	"docdb dbinstanceidentifier":                   "db",
	"docdb dbclusteridentifier":                    "cluster",
	"rds dbclusteridentifier":                      "cluster",
	"rds dbinstanceidentifier":                     "db",
	"secretsmanager name":                          "secret",
	"secretsmanager secretidlist":                  "secret",
	"sns name":                                     "topic",
	"sns targetarn":                                "topic",
	"ssm name":                                     "parameter",
	"ssm names":                                    "parameter",
	"stepfunctions name":                           "",
	"stepfunctions statemachinearn":                "stateMachine",
	"stepfunctions activityarn":                    "activity",
	"elasticbeanstalk applicationname":             "application",
	"application-autoscaling resourceid":           "",
	"resourcegroupstaggingapi resourcetypefilters": "",
}

// noResource are the parameters, in small letters and without their endings, that name none: who
// asks, tokens, and what belongs to the call alone.
var noResource = map[string]bool{
	"account": true, "accountowner": true, "attribute": true, "awsaccesskey": true, "awsaccount": true, "availabilityzone": true, "catalog": true,
	"client": true, "clientrequest": true, "dimension": true, "idempotency": true, "kmskey": true, "kmsmasterkey": true,
	"logstream": true, "message": true, "metric": true, "namespace": true, "owner": true, "principal": true, "receipt": true, "region": true,
	"qualifier": true, "request": true, "rolesession": true, "session": true, "source": true, "sourceaccount": true, "ssekmskey": true, "targetaccount": true, "tag": true,
	"trace": true, "transaction": true, "version": true, "xray": true,
}

// endings of parameters that name resources; longer ones first.
var endings = [...]string{
	"IdentifierList", "Identifiers", "Identifier", "ArnList", "NameList", "IdList", "Names", "Name", "Arns", "ARNs", "Arn", "ARN",
	"Ids", "IDs", "Id", "ID", "Url", "URL",
}

// kindOf is the type of the resource that a parameter names: "table" for TableName, "log-group" for
// logGroupIdentifier. ok is false when it names none.
func kindOf(service, member string) (kind string, ok bool) {
	var buffer [96]byte
	key := append(append(buffer[:0], service...), ' ')
	if len(key)+len(member) > len(buffer) {
		return "", false
	}
	for i := range len(member) {
		c := member[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		key = append(key, c)
	}
	if kind, ok := kinds[string(key)]; ok {
		return kind, kind != ""
	}
	if strings.HasPrefix(member, "arn") || strings.HasPrefix(member, "Arn") {
		return "", false
	}
	for _, ending := range endings {
		stem, found := strings.CutSuffix(member, ending)
		if !found {
			continue
		}
		stemKey := key[len(service)+1 : len(service)+1+len(stem)]
		if stem == "" || noResource[string(stemKey)] {
			return "", false
		}
		return typeOf(service, stem), true
	}
	if service == "s3" && member == "Bucket" {
		return "bucket", true
	}
	return "", false
}

// endsAsName reports whether a parameter's name ends as those do that name something.
func endsAsName(member string) bool {
	for _, ending := range endings {
		if strings.HasSuffix(member, ending) {
			return true
		}
	}
	return false
}

// typeOf is a parameter's name without its ending as types are written in ARNs.
func typeOf(service, stem string) string {
	kind := kebab(stem)
	if name, ok := typeNames[service+" "+kind]; ok {
		return name
	}
	return kind
}

// typeNames are the types that ARNs write in another way.
var typeNames = map[string]string{
	"rds db-instance":             "db",
	"rds db-cluster":              "cluster",
	"stepfunctions state-machine": "stateMachine",
	"eks cluster":                 "cluster",
	"sesv2 email":                 "identity",
}

// isBare reports whether a label says nothing of what it names.
func isBare(name string) bool {
	switch name {
	case "id", "Id", "ID", "name", "Name", "arn", "Arn", "ARN", "identifier", "Identifier":
		return true
	}
	return false
}

// kebab writes "logGroup" as "log-group" and "DBInstance" as "db-instance".
func kebab(name string) string {
	b := make([]byte, 0, len(name)+4)
	for i := range len(name) {
		c := name[i]
		if upper := c >= 'A' && c <= 'Z'; !upper {
			b = append(b, c)
			continue
		}
		afterSmall := i > 0 && (name[i-1] < 'A' || name[i-1] > 'Z') && name[i-1] != '-'
		beforeSmall := i > 0 && i+1 < len(name) && name[i+1] >= 'a' && name[i+1] <= 'z'
		if (afterSmall || beforeSmall) && b[len(b)-1] != '-' {
			b = append(b, '-')
		}
		b = append(b, c|0x20)
	}
	return string(b)
}

func singular(name string) string {
	switch {
	case strings.HasSuffix(name, "ies"):
		return strings.TrimSuffix(name, "ies") + "y"
	case strings.HasSuffix(name, "sses"):
		return strings.TrimSuffix(name, "es")
	case strings.HasSuffix(name, "ss"):
		return name
	}
	return strings.TrimSuffix(name, "s")
}

// arnForm is how the last part of an ARN is written.
type arnForm struct {
	prefix string
	// without is what the prefix has already and the name may have, too.
	without           string
	global, noAccount bool
}

// arnForms are those that are not "type/name", and the most usual one that is.
var arnForms = map[string]arnForm{
	"cloudformation stack":           {prefix: "stack/"},
	"cloudwatch alarm":               {prefix: "alarm:"},
	"dynamodb table":                 {prefix: "table/"}, // the general rule's, without its allocation
	"docdb cluster":                  {prefix: "cluster:"},
	"docdb db":                       {prefix: "db:"},
	"elasticache cluster":            {prefix: "cluster:"},
	"elasticache replicationgroup":   {prefix: "replicationgroup:"},
	"iam group":                      {prefix: "group/", global: true},
	"iam instance-profile":           {prefix: "instance-profile/", global: true},
	"iam policy":                     {prefix: "policy/", global: true},
	"iam role":                       {prefix: "role/", global: true},
	"iam user":                       {prefix: "user/", global: true},
	"kms alias":                      {prefix: "alias/", without: "alias/"},
	"lambda function":                {prefix: "function:"},
	"logs log-group":                 {prefix: "log-group:"},
	"neptune cluster":                {prefix: "cluster:"},
	"neptune db":                     {prefix: "db:"},
	"rds cluster":                    {prefix: "cluster:"},
	"rds db":                         {prefix: "db:"},
	"route53 hosted-zone":            {prefix: "hostedzone/", without: "/hostedzone/", global: true, noAccount: true},
	"s3 bucket":                      {global: true, noAccount: true},
	"s3 object":                      {global: true, noAccount: true},
	"secretsmanager secret":          {prefix: "secret:"},
	"sns topic":                      {},
	"sqs queue":                      {},
	"ssm parameter":                  {prefix: "parameter/", without: "/"},
	"stepfunctions activity":         {prefix: "activity:"},
	"stepfunctions stateMachine":     {prefix: "stateMachine:"},
	"cognito-idp user-pool":          {prefix: "userpool/"},
	"cloudfront distribution":        {prefix: "distribution/", global: true},
	"autoscaling auto-scaling-group": {prefix: "autoScalingGroup:*:autoScalingGroupName/"},
}
