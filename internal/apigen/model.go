package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// model is one service-2.json, as far as we read it.
type model struct {
	Metadata   metadata              `json:"metadata"`
	Operations map[string]*operation `json:"operations"`
	Shapes     map[string]*shape     `json:"shapes"`
}

type metadata struct {
	APIVersion         string          `json:"apiVersion"`
	EndpointPrefix     string          `json:"endpointPrefix"`
	JSONVersion        string          `json:"jsonVersion"`
	Protocol           string          `json:"protocol"`
	Protocols          []string        `json:"protocols"`
	ServiceID          string          `json:"serviceId"`
	SigningName        string          `json:"signingName"`
	TargetPrefix       string          `json:"targetPrefix"`
	XMLNamespace       string          `json:"xmlNamespace"`
	AWSQueryCompatible json.RawMessage `json:"awsQueryCompatible"`
}

type operation struct {
	Name string `json:"name"`
	HTTP struct {
		Method       string `json:"method"`
		RequestURI   string `json:"requestUri"`
		ResponseCode int    `json:"responseCode"`
	} `json:"http"`
	Input  *reference `json:"input"`
	Output *struct {
		Shape         string `json:"shape"`
		ResultWrapper string `json:"resultWrapper"`
	} `json:"output"`
	Errors []struct {
		Shape string `json:"shape"`
	} `json:"errors"`
	AuthType   string `json:"authtype"`
	Deprecated bool   `json:"deprecated"`
	Endpoint   struct {
		HostPrefix string `json:"hostPrefix"`
	} `json:"endpoint"`
}

// wire is what both a shape and a reference to it can say; the reference's word counts.
type wire struct {
	LocationName    string `json:"locationName"`
	Flattened       bool   `json:"flattened"`
	Streaming       bool   `json:"streaming"`
	Sensitive       bool   `json:"sensitive"`
	TimestampFormat string `json:"timestampFormat"`
	XMLNamespace    struct {
		URI    string `json:"uri"`
		Prefix string `json:"prefix"`
	} `json:"xmlNamespace"`
}

type reference struct {
	wire
	Shape            string `json:"shape"`
	Location         string `json:"location"`
	QueryName        string `json:"queryName"`
	IdempotencyToken bool   `json:"idempotencyToken"`
	HostLabel        bool   `json:"hostLabel"`
	XMLAttribute     bool   `json:"xmlAttribute"`
	JSONValue        bool   `json:"jsonvalue"`
}

type shape struct {
	wire
	Type        string     `json:"type"`
	Members     members    `json:"members"`
	Member      *reference `json:"member"`
	Key         *reference `json:"key"`
	Value       *reference `json:"value"`
	Required    []string   `json:"required"`
	Payload     string     `json:"payload"`
	Document    bool       `json:"document"`
	EventStream bool       `json:"eventstream"`
	Union       bool       `json:"union"`
	Sparse      bool       `json:"sparse"`
	Enum        []string   `json:"enum"`
	Pattern     string     `json:"pattern"`
	Min         *float64   `json:"min"`
	Max         *float64   `json:"max"`
	Exception   bool       `json:"exception"`
	Fault       bool       `json:"fault"`
	Retryable   *struct {
		Throttling bool `json:"throttling"`
	} `json:"retryable"`
	Error struct {
		Code           string `json:"code"`
		HTTPStatusCode int    `json:"httpStatusCode"`
		SenderFault    bool   `json:"senderFault"`
	} `json:"error"`
}

// members keep the model's order.
type members []namedReference

type namedReference struct {
	name string
	reference
}

// UnmarshalJSON implements json.Unmarshaler.
func (m *members) UnmarshalJSON(data []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	if _, err := decoder.Token(); err != nil {
		return err
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return err
		}
		var r reference
		if err := decoder.Decode(&r); err != nil {
			return fmt.Errorf("member %v: %w", name, err)
		}
		*m = append(*m, namedReference{name.(string), r})
	}
	return nil
}

// serviceNames are the folders of a models folder, in order.
func serviceNames(models string) ([]string, error) {
	entries, err := os.ReadDir(models)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, entry := range entries {
		if entry.IsDir() {
			names = append(names, entry.Name())
		}
	}
	return names, nil
}

// readModel reads the newest version of a service, as botocore does, with what its SDK adds.
func readModel(models, name string) (*model, error) {
	found, err := filepath.Glob(filepath.Join(models, name, "*", "service-2.json*"))
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("no service-2.json in %s", filepath.Join(models, name))
	}
	newest := slices.MaxFunc(found, func(a, b string) int {
		return bytes.Compare([]byte(filepath.Dir(a)), []byte(filepath.Dir(b)))
	})
	m := new(model)
	if err := readJSON(newest, m); err != nil {
		return nil, err
	}
	extras := filepath.Join(filepath.Dir(newest), "service-2.sdk-extras.json")
	var extra struct {
		Merge model `json:"merge"`
	}
	switch err := readJSON(extras, &extra); {
	case errors.Is(err, fs.ErrNotExist):
		return m, nil
	case err != nil:
		return nil, err
	}
	m.merge(&extra.Merge)
	return m, nil
}

func readJSON(path string, into any) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	var r io.Reader = file
	if filepath.Ext(path) == ".gz" {
		if r, err = gzip.NewReader(file); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	if err := json.NewDecoder(r).Decode(into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// merge adds what an SDK extra holds: so far these are service ids, members and types of shapes.
func (m *model) merge(extra *model) {
	if extra.Metadata.ServiceID != "" {
		m.Metadata.ServiceID = extra.Metadata.ServiceID
	}
	for name, more := range extra.Shapes {
		s := m.Shapes[name]
		if s == nil {
			m.Shapes[name] = more
			continue
		}
		if more.Type != "" {
			s.Type = more.Type
		}
		s.Members = append(s.Members, more.Members...)
	}
}
