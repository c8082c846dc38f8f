package target

import (
	"context"
	"regexp"
	"slices"
	"strings"
)

// zoneID is an Availability Zone's ID ("use1-az1"), which means the same zone in every account.
var zoneID = regexp.MustCompile(`^[a-z0-9]+-az[0-9]+$`)

// zones are the names of Availability Zones that a parameter names, by name or ID, separated using
// commas. any is true where the parameter is absent, or "all".
func (q *Query) zones(ctx context.Context, parameter string) (names []string, any bool, err error) {
	value := strings.TrimSpace(q.Parameters[parameter])
	if value == "" || value == "all" {
		return nil, true, nil
	}
	for name := range strings.SplitSeq(value, ",") {
		name = strings.TrimSpace(name)
		if zoneID.MatchString(name) {
			if name, err = q.zoneName(ctx, name); err != nil {
				return nil, false, err
			}
		}
		names = append(names, name)
	}
	return names, false, nil
}

// zoneName is the name that a zone of this ID has in the account; the ID when there is none.
func (q *Query) zoneName(ctx context.Context, id string) (string, error) {
	out, err := q.ask(ctx, "ec2", "DescribeAvailabilityZones", nil)
	if err != nil {
		return "", err
	}
	for _, zone := range documents(at(out, "AvailabilityZones")) {
		if text(zone, "ZoneId") == id {
			return text(zone, "ZoneName"), nil
		}
	}
	return id, nil
}

// inZones keeps the candidates with one of the parameter's zones at the path.
func (q *Query) inZones(ctx context.Context, list []candidate, parameter, path string) ([]candidate, error) {
	names, any, err := q.zones(ctx, parameter)
	if err != nil || any {
		return list, err
	}
	zone := Filter{Path: path, Values: names}
	return slices.DeleteFunc(list, func(c candidate) bool { return !zone.holds(c.item) }), nil
}
