// Records how kubectl reads odd YAML and JSON, for src/read/kubectl.test.ts. To record again, in this folder:
//
//	go run . > ../../fixtures/yaml/kubectl.json
//
// Each text goes through the decoder of kubectl's -f (k8s.io/apimachinery's YAMLOrJSONDecoder, which splits a text at
// --- lines and passes the pieces to sigs.k8s.io/yaml), until it fails or the text ends.
package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/util/yaml"
)

type record struct {
	Name string `json:"name"`
	Text string `json:"text,omitempty"`
	// Bytes replaces Text when the input is not UTF-8.
	Bytes     []byte            `json:"bytes,omitempty"`
	Documents []json.RawMessage `json:"documents"`
	Error     string            `json:"error,omitempty"`
}

func read(name, text string) record {
	result := record{Name: name, Documents: []json.RawMessage{}}
	if utf8.ValidString(text) {
		result.Text = text
	} else {
		result.Bytes = []byte(text)
	}
	decoder := yaml.NewYAMLOrJSONDecoder(strings.NewReader(text), 4096)
	for {
		var raw json.RawMessage
		err := decoder.Decode(&raw)
		if err == io.EOF {
			return result
		}
		if err != nil {
			result.Error = err.Error()
			return result
		}
		// As kubectl does (StreamVisitor).
		raw = bytes.TrimSpace(raw)
		if len(raw) > 0 && !bytes.Equal(raw, []byte("null")) {
			result.Documents = append(result.Documents, raw)
		}
	}
}

func main() {
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	os.Stdout.WriteString("[\n")
	for i, each := range all() {
		if i > 0 {
			os.Stdout.WriteString(",")
		}
		if err := out.Encode(read(each.name, each.text)); err != nil {
			panic(err)
		}
	}
	os.Stdout.WriteString("]\n")
}
