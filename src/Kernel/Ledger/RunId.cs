using System.Security.Cryptography;

namespace Lockkeeper.Kernel.Ledger;

/// <summary>Makes run ids: the time in UTC and four random digits, so that they sort and can be read over a telephone.</summary>
public static class RunId
{
    /// <summary>A new one.</summary>
    /// <param name="clock">The clock.</param>
    public static string New(TimeProvider clock) => $"{clock.GetUtcNow():yyyyMMdd-HHmmss}-{RandomNumberGenerator.GetHexString(4, lowercase: true)}";
}
