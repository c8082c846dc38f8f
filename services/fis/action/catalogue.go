package action

import "math"

// catalogued are the actions of the AWS FIS user guide (end of 2025) and the one that it has dropped
// but old templates use. Descriptions known from AWS's own answers are verbatim; the others are ours.
func catalogued() map[string]*Action {
	all := map[string]*Action{}
	for _, group := range [][]Action{
		fisActions(), serviceActions(), ec2Actions(), ecsActions(), ecsNetworkActions(),
		eksPodActions(), eksPodNetworkActions(), eksActions(), dataActions(), eventActions(), networkActions(),
	} {
		for _, a := range group {
			if _, dup := all[a.ID]; dup {
				panic("action: the catalogue has " + a.ID + " twice")
			}
			all[a.ID] = &a
		}
	}
	return all
}

// parametersOf puts maps of parameters together.
func parametersOf(parts ...map[string]Parameter) map[string]Parameter {
	all := map[string]Parameter{}
	for _, part := range parts {
		for name, p := range part {
			all[name] = p
		}
	}
	return all
}

// one is a map of one parameter.
func one(name string, p Parameter) map[string]Parameter { return map[string]Parameter{name: p} }

// required is a parameter that must be given.
func required(description string, form Form) Parameter {
	return Parameter{Description: description, Required: true, Form: form}
}

// optional is a parameter that may be left out.
func optional(description string, form Form) Parameter {
	return Parameter{Description: description, Form: form}
}

// forgone is a parameter that AWS requires and LocalStack does without.
func forgone(p Parameter) Parameter {
	p.Forgone = true
	return p
}

// The parameters that many actions of AWS share.
var (
	usualDuration   = one(durationName, required("The length of time that the action lasts (ISO 8601 duration).", lasting("PT1M", "PT12H")))
	volumesDuration = one(durationName, required("The length of time that the action lasts (ISO 8601 duration).", lasting("PT1S", "PT12H")))
	percentage      = one("percentage", required("The percentage (1-100) of calls to inject the fault into.", whole(1, 100)))
	zones           = Parameter{Description: "The Availability Zones, as a comma-separated list of names or IDs.", Required: true, Form: listOf(100, zone)}

	zone    = matching(`^[A-Za-z0-9-]+$`, "the name or ID of an Availability Zone")
	region  = matching(`^[a-z0-9-]+$`, "the name of a Region")
	port    = whole(0, 65535)
	anyList = listOf(1000, func(string, bool) string { return "" })
)

const unbounded = math.MaxInt32
