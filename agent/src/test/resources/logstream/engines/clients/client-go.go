// Sends records with fluent-logger-golang and prints its version. Arguments: see client-python.py.
package main

import (
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/fluent/fluent-logger-golang/fluent"
)

type record = map[string]interface{}
type list = []interface{}

var records = map[string]record{
	"text":    {"log": "a line", "source": "stdout"},
	"unicode": {"log": "grün 🐳 日本 \"quoted\" \\ \t\x1f", "grün": "key"},
	"numbers": {"zero": 0, "byte": uint8(255), "minus": -32, "short": int16(-32768), "int": int32(2147483647), "float": 1.5},
	"safe":    {"greatest": int64(9007199254740991), "least": int64(-9007199254740991)},
	"long":    {"greatest": int64(9223372036854775807), "least": int64(-9223372036854775808)},
	"beyond":  {"greatest": uint64(18446744073709551615)},
	"nested": {
		"map":  record{"list": list{1, "two", list{3}, record{"four": 4}}, "empty": record{}},
		"none": list{},
	},
	"words":  {"nil": nil, "yes": true, "no": false},
	"binary": {"data": []byte{0x00, 0xff, 0x80, 0x0a}},
	"large":  {"log": strings.Repeat("0123456789abcdef", 8192)},
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	address, tag, options, names := os.Args[1], os.Args[2], os.Args[3], os.Args[4]
	server, err := url.Parse(address)
	fail(err)
	has := func(option string) bool {
		return strings.Contains(","+options+",", ","+option+",")
	}
	port, _ := strconv.Atoi(server.Port())
	client, err := fluent.New(fluent.Config{
		FluentNetwork:      server.Scheme,
		FluentHost:         server.Hostname(),
		FluentPort:         port,
		FluentSocketPath:   server.Path,
		Async:              has("async"),
		RequestAck:         has("ack"),
		SubSecondPrecision: has("nanos"),
		MarshalAsJSON:      has("json"),
		AsyncResultCallback: func(_ []byte, err error) {
			fail(err)
		},
	})
	fail(err)
	for _, name := range strings.Split(names, ",") {
		one, ok := records[name]
		if !ok {
			fail(fmt.Errorf("there is no record %s", name))
		}
		fail(client.PostWithTime(tag, time.Unix(1700000000, 500000000), one))
	}
	fail(client.Close())
	fmt.Println(fluent.Version)
}
