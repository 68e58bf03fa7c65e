using System.Reflection;
using Lockkeeper.Observe.PostgreSql.Alerts;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Observe;

/// <summary>No rule without a proof that it fires.</summary>
public sealed class AlertProofTests
{
    [Fact]
    public void every_rule_has_a_test_in_which_its_fault_is_made()
    {
        var proven = typeof(AlertProofTests).Assembly.GetTypes().SelectMany(type => type.GetMethods()).SelectMany(method => method.GetCustomAttribute<AlertFaultAttribute>()?.Rules ?? []).ToList();
        AllAlerts.Rules.Select(rule => rule.Name).Except(proven).ShouldBeEmpty("rules without a test: make the fault, and mark the test with [AlertFault]");
        proven.Except(AllAlerts.Rules.Select(rule => rule.Name)).ShouldBeEmpty("there are no such rules");
    }
}
