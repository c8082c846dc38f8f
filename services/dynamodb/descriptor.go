package dynamodb

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/brownoutdev/brownout/aws"
)

// descriptorFormat is the version of what is stored; see the package comment.
const descriptorFormat = 1

// Values of the API that the code compares with or answers.
const (
	keyTypeHash   = "HASH"
	keyTypeRange  = "RANGE"
	projectAll    = "ALL"
	projectKeys   = "KEYS_ONLY"
	projectSome   = "INCLUDE"
	provisioned   = "PROVISIONED"
	payPerRequest = "PAY_PER_REQUEST"
	active        = "ACTIVE"
	deleting      = "DELETING"
)

// descriptor is a table as it is stored, in JSON. It never changes: an update makes another.
// Parts that are AWS's own have the API's shapes.
type descriptor struct {
	Format  int
	Number  uint32
	Account string
	Region  string
	Name    string
	ID      string
	Created time.Time
	// LastIndex is the greatest index number given so far.
	LastIndex byte

	AttributeDefinitions   []AttributeDefinition
	KeySchema              []KeySchemaElement
	GlobalSecondaryIndexes []indexDescriptor `json:",omitempty"`
	LocalSecondaryIndexes  []indexDescriptor `json:",omitempty"`

	BillingMode        string
	PayPerRequestSince *time.Time `json:",omitempty"`
	Throughput         throughput
	settings
	options
	DeletionProtection bool  `json:",omitempty"`
	Tags               []Tag `json:",omitempty"`
}

// settings are what AWS stores and gives back; here they have no effect.
type settings struct {
	OnDemandThroughput *OnDemandThroughput `json:",omitempty"`
	WarmThroughput     *WarmThroughput     `json:",omitempty"`
	SSESpecification   *SSESpecification   `json:",omitempty"`
	TableClass         string              `json:",omitempty"`
	TableClassSince    *time.Time          `json:",omitempty"`
}

// indexDescriptor is a secondary index as it is stored.
type indexDescriptor struct {
	Name   string
	Number byte
	// Status is CREATING or DELETING while that is under way, else empty.
	Status             string `json:",omitempty"`
	KeySchema          []KeySchemaElement
	Projection         Projection
	Throughput         throughput
	OnDemandThroughput *OnDemandThroughput `json:",omitempty"`
	WarmThroughput     *WarmThroughput     `json:",omitempty"`
}

// throughput is provisioned capacity; all zero for on-demand.
type throughput struct {
	Read, Write int64
	Increased   *time.Time `json:",omitempty"`
	Decreased   *time.Time `json:",omitempty"`
	Decreases   int64      `json:",omitempty"`
}

func (d *descriptor) encode() ([]byte, error) { return json.Marshal(d) }

// decodeDescriptor reads a descriptor into memory of its own.
func decodeDescriptor(encoded []byte) (*descriptor, error) {
	d := new(descriptor)
	if err := json.Unmarshal(encoded, d); err != nil {
		return nil, fmt.Errorf("dynamodb: a table's descriptor is damaged: %w", err)
	}
	if d.Format != descriptorFormat {
		return nil, fmt.Errorf("dynamodb: table %s is stored in format %d, only format %d is known", d.Name, d.Format, descriptorFormat)
	}
	return d, nil
}

// copy is a descriptor that can be changed without touching this one.
func (d *descriptor) copy() (*descriptor, error) {
	encoded, err := d.encode()
	if err != nil {
		return nil, err
	}
	return decodeDescriptor(encoded)
}

func (d *descriptor) arn() string {
	return aws.NewARN("dynamodb", d.Region, d.Account, "table/"+d.Name).String()
}

// globalIndex finds a global secondary index; nil when there is none of that name.
func (d *descriptor) globalIndex(name string) *indexDescriptor {
	for i := range d.GlobalSecondaryIndexes {
		if d.GlobalSecondaryIndexes[i].Name == name {
			return &d.GlobalSecondaryIndexes[i]
		}
	}
	return nil
}
