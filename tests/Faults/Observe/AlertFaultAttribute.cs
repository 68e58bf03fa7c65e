namespace Lockkeeper.Tests.Faults.Observe;

/// <summary>Says which alert rules a test makes fire.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class AlertFaultAttribute(params string[] rules) : Attribute
{
    public IReadOnlyList<string> Rules { get; } = rules;
}
