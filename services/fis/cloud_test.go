package fis_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/identity"
)

// cloud is the AWS that an experiment asks: everything that Brownout does not hold itself.
type cloud struct {
	mutex sync.Mutex
	// instances are EC2's, by account and id.
	instances map[string]*instance
	// alarms are states by name.
	alarms map[string]string
	// groups are log groups, with what each stream got.
	groups map[string]map[string][]string
	// buckets are S3's, with their objects.
	buckets map[string]map[string]string
	events  []string
	asked   []string
	// unserved are services that nobody answers; broken fail, hung answer nothing until the caller goes.
	unserved, broken, hung map[string]bool
	// busy is how many times more a call is answered that the service is busy.
	busy map[string]int
	// dropped is called after each effect; the answer does not come back when it is true.
	dropped func() bool
	started map[string]int // how often each instance was started
	stopped map[string]int
}

type instance struct {
	account, id, state, zone string
	tags                     map[string]string
}

func newCloud(instances ...*instance) *cloud {
	c := &cloud{
		instances: map[string]*instance{}, alarms: map[string]string{}, groups: map[string]map[string][]string{}, buckets: map[string]map[string]string{},
		unserved: map[string]bool{}, broken: map[string]bool{}, hung: map[string]bool{}, started: map[string]int{}, stopped: map[string]int{},
	}
	for _, i := range instances {
		c.instances[i.id] = i
	}
	return c
}

// fleet is n instances with a tag in the default account, in two zones by turns.
func fleet(n int, tag string) (list []*instance) {
	for i := range n {
		list = append(list, &instance{
			account: aws.DefaultAccount, id: fmt.Sprintf("i-%04d", i), state: "running", zone: "us-east-1" + string(rune('a'+i%2)),
			tags: map[string]string{"app": tag, "empty": ""},
		})
	}
	return list
}

func arnOf(id string) string { return "arn:aws:ec2:us-east-1:000000000000:instance/" + id }

func (c *cloud) Ask(ctx context.Context, as identity.Principal, region, service, operation string, in aws.Document) (aws.Document, error) {
	if err := c.refuse(ctx, service, service+"."+operation); err != nil {
		return nil, err
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.asked = append(c.asked, fmt.Sprintf("%s.%s as %s in %s", service, operation, as.AccessKey, region))
	switch service + "." + operation {
	case "ec2.DescribeInstances":
		return c.describeInstances(as.Account, in), nil
	case "ec2.StopInstances":
		return c.setState(in, "stopped", c.stopped)
	case "ec2.StartInstances":
		return c.setState(in, "running", c.started)
	case "sts.AssumeRole":
		return aws.Document{"Credentials": aws.Document{"AccessKeyId": strings.Split(in["RoleArn"].(string), ":")[4]}}, nil
	case "cloudwatch.DescribeAlarms":
		return c.describeAlarms(in), nil
	case "logs.CreateLogStream":
		return c.createLogStream(in)
	case "logs.PutLogEvents":
		return c.putLogEvents(in)
	case "s3.HeadBucket":
		if c.buckets[in["Bucket"].(string)] == nil {
			return nil, &aws.Error{Code: "NotFound", Message: "Not Found", Status: 404}
		}
		return aws.Document{}, nil
	case "s3.PutObject":
		c.buckets[in["Bucket"].(string)][in["Key"].(string)] = string(in["Body"].([]byte))
		return aws.Document{}, nil
	case "events.PutEvents":
		for _, e := range in["Entries"].([]any) {
			c.events = append(c.events, e.(aws.Document)["Detail"].(string))
		}
		return aws.Document{"FailedEntryCount": int64(0)}, nil
	}
	return nil, aws.NotImplemented("Nobody answers " + service + "." + operation + ".")
}

func (c *cloud) refuse(ctx context.Context, service, call string) error {
	c.mutex.Lock()
	unserved, broken, hung := c.unserved[service], c.broken[service] || c.broken[call], c.hung[service]
	busy := c.busy[call] > 0
	if busy {
		c.busy[call]--
	}
	c.mutex.Unlock()
	switch {
	case busy:
		return &aws.Error{Code: "ServiceUnavailable", Message: "Later.", Status: 503}
	case hung:
		<-ctx.Done()
		return context.Cause(ctx)
	case unserved:
		return aws.NotImplemented("Nobody answers " + service + ".")
	case broken:
		return &aws.Error{Code: "AccessDeniedException", Message: "Not for you.", Status: 403, Sender: true}
	}
	return ctx.Err()
}

// set changes something while the experiment may be asking.
func (c *cloud) set(change func()) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	change()
}

func (c *cloud) describeInstances(account string, in aws.Document) aws.Document {
	ids, _ := in["InstanceIds"].([]any)
	var reservations []any
	for _, id := range slices.Sorted(maps.Keys(c.instances)) {
		i := c.instances[id]
		if len(ids) > 0 && !slices.Contains(ids, any(id)) || i.account != account {
			continue
		}
		var tags []any
		for _, key := range slices.Sorted(maps.Keys(i.tags)) {
			tags = append(tags, aws.Document{"Key": key, "Value": i.tags[key]})
		}
		reservations = append(reservations, aws.Document{"Instances": []any{aws.Document{
			"InstanceId": id, "State": aws.Document{"Name": i.state, "Code": int64(16)}, "Placement": aws.Document{"AvailabilityZone": i.zone},
			"EbsOptimized": true, "Tags": tags, "NetworkInterfaces": []any{aws.Document{"Groups": []any{aws.Document{"GroupId": "sg-1"}}}},
		}}})
	}
	return aws.Document{"Reservations": reservations}
}

func (c *cloud) setState(in aws.Document, state string, counts map[string]int) (aws.Document, error) {
	for _, id := range in["InstanceIds"].([]any) {
		i := c.instances[id.(string)]
		if i == nil || i.state == "terminated" {
			return nil, &aws.Error{Code: "IncorrectInstanceState", Message: "It is terminated.", Status: 400, Sender: true}
		}
	}
	for _, id := range in["InstanceIds"].([]any) {
		c.instances[id.(string)].state = state
		counts[id.(string)]++
	}
	if c.dropped != nil && c.dropped() {
		return nil, context.Canceled
	}
	return aws.Document{}, nil
}

func (c *cloud) describeAlarms(in aws.Document) aws.Document {
	var list []any
	for _, name := range in["AlarmNames"].([]any) {
		if state, ok := c.alarms[name.(string)]; ok {
			list = append(list, aws.Document{"AlarmName": name, "StateValue": state})
		}
	}
	return aws.Document{"MetricAlarms": list}
}

func (c *cloud) createLogStream(in aws.Document) (aws.Document, error) {
	group := c.groups[in["logGroupName"].(string)]
	if group == nil {
		return nil, &aws.Error{Code: "ResourceNotFoundException", Message: "The specified log group does not exist.", Status: 400, Sender: true}
	}
	name := in["logStreamName"].(string)
	if _, exists := group[name]; exists {
		return nil, &aws.Error{Code: "ResourceAlreadyExistsException", Message: "The specified log stream already exists", Status: 400, Sender: true}
	}
	group[name] = nil
	return aws.Document{}, nil
}

func (c *cloud) putLogEvents(in aws.Document) (aws.Document, error) {
	group, name := c.groups[in["logGroupName"].(string)], in["logStreamName"].(string)
	if _, exists := group[name]; !exists {
		return nil, &aws.Error{Code: "ResourceNotFoundException", Message: "The specified log stream does not exist.", Status: 400, Sender: true}
	}
	for _, e := range in["logEvents"].([]any) {
		event := e.(aws.Document)
		if event["timestamp"].(int64) < time.Unix(0, 0).UnixMilli() {
			return nil, &aws.Error{Code: "InvalidParameterException", Status: 400}
		}
		group[name] = append(group[name], event["message"].(string))
	}
	return aws.Document{}, nil
}

func (c *cloud) states() (states []string) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for _, id := range slices.Sorted(maps.Keys(c.instances)) {
		states = append(states, c.instances[id].state)
	}
	return states
}
