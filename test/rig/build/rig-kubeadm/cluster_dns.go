package main

import (
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/miekg/dns"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	core "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/rest"
)

const (
	clusterDomain = ".cluster.local."
	serviceDomain = ".svc.cluster.local."
	ttlSeconds    = 5
)

// clusterDNS has the names of Services as the API tells them at the time.
type clusterDNS struct {
	services  core.ServiceLister
	endpoints core.EndpointsLister
}

// runClusterDNS answers under CoreDNS's command line, ports and probes, so that kubeadm's own manifest runs it: A records of
// Services and of the members of headless ones. It reads no Corefile and asks no other server.
func runClusterDNS() error {
	config, err := rest.InClusterConfig()
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	factory := informers.NewSharedInformerFactory(client, 0)
	services, endpoints := factory.Core().V1().Services(), factory.Core().V1().Endpoints()
	synced := []func() bool{services.Informer().HasSynced, endpoints.Informer().HasSynced}
	factory.Start(make(chan struct{}))

	failed := make(chan error)
	go func() { failed <- http.ListenAndServe(":8080", answer(func() bool { return true })) }()
	go func() {
		failed <- http.ListenAndServe(":8181", answer(func() bool { return synced[0]() && synced[1]() }))
	}()
	handler := dns.HandlerFunc(clusterDNS{services.Lister(), endpoints.Lister()}.serve)
	for _, network := range []string{"udp", "tcp"} {
		go func(network string) { failed <- dns.ListenAndServe(":53", network, handler) }(network)
	}
	// the first process of a container that does not listen for this would be waited for until it is killed, in each drain
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	select {
	case <-stop:
		return nil
	case err := <-failed:
		return err
	}
}

func answer(ready func() bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if !ready() {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
}

func (c clusterDNS) serve(w dns.ResponseWriter, request *dns.Msg) {
	reply := new(dns.Msg)
	reply.SetReply(request)
	reply.Authoritative = true
	question := request.Question[0]
	if !strings.HasSuffix(strings.ToLower(question.Name), clusterDomain) {
		reply.Rcode = dns.RcodeRefused
	} else if addresses, known := c.lookUp(question.Name); !known {
		reply.Rcode = dns.RcodeNameError
	} else if question.Qtype == dns.TypeA {
		for _, address := range addresses {
			header := dns.RR_Header{Name: question.Name, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: ttlSeconds}
			reply.Answer = append(reply.Answer, &dns.A{Hdr: header, A: net.ParseIP(address)})
		}
	}
	_ = w.WriteMsg(reply) // whoever asked may be gone
}

// lookUp takes `[HOST.]SERVICE.NAMESPACE.svc.cluster.local.`, and tells whether there is such a name at all.
func (c clusterDNS) lookUp(name string) ([]string, bool) {
	parts := strings.Split(strings.TrimSuffix(strings.ToLower(name), serviceDomain), ".")
	if len(parts) < 2 {
		return nil, false
	}
	namespace, service, host := parts[len(parts)-1], parts[len(parts)-2], strings.Join(parts[:len(parts)-2], ".")
	found, err := c.services.Services(namespace).Get(service)
	if err != nil {
		return nil, false
	}
	if ip := found.Spec.ClusterIP; ip != "None" && ip != "" {
		return []string{ip}, host == ""
	}
	addresses := c.members(namespace, service, host)
	return addresses, host == "" || len(addresses) > 0
}

func (c clusterDNS) members(namespace, service, host string) []string {
	endpoints, err := c.endpoints.Endpoints(namespace).Get(service)
	if err != nil {
		return nil
	}
	addresses := []string{}
	for _, subset := range endpoints.Subsets {
		for _, address := range subset.Addresses {
			if host == "" || host == address.Hostname || host == strings.ReplaceAll(address.IP, ".", "-") {
				addresses = append(addresses, address.IP)
			}
		}
	}
	return addresses
}
