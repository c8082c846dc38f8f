package dynamodb

import "time"

// options are what a table has besides its keys, indexes and capacity.
type options struct {
	// Stream is the table's latest stream; it stays here when it is disabled.
	Stream     *tableStream    `json:",omitempty"`
	TimeToLive *timeToLive     `json:",omitempty"`
	Policy     *resourcePolicy `json:",omitempty"`
	// PointInTime is point-in-time recovery; nil: it never was on.
	PointInTime *pointInTime `json:",omitempty"`
	// Insights are the contributor insights of the table (under the empty name) and of its indexes.
	Insights map[string]insights `json:",omitempty"`
	// Replicas are the same table in other regions.
	Replicas []replica `json:",omitempty"`
	// Restored is there for tables that were made from a backup.
	Restored *RestoreSummary `json:",omitempty"`
}

// tableStream is what a table knows of its latest stream.
type tableStream struct {
	Number   uint32
	Label    string
	ViewType string
	Enabled  bool
}

// timeToLive is a table's TTL as it was last asked for.
type timeToLive struct {
	Attribute string
	Enabled   bool
	Changed   time.Time
}

// resourcePolicy is a policy of a table or a stream. Nobody evaluates it.
type resourcePolicy struct {
	Text     string
	Revision string
}

// pointInTime is kept and given back; tables cannot be restored to a point in time.
type pointInTime struct {
	Enabled bool
	Since   time.Time
	Days    int64
}

// insights is kept and given back; nobody counts contributors.
type insights struct {
	Enabled bool
	Mode    string
	Changed time.Time
}
