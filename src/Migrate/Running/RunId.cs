using System.Security.Cryptography;

namespace Lockkeeper.Migrate.Running;

/// <summary>Makes run ids: the time in UTC and four random digits, so that they sort and can be read over a telephone.</summary>
internal static class RunId
{
    public static string New(TimeProvider clock) => $"{clock.GetUtcNow():yyyyMMdd-HHmmss}-{RandomNumberGenerator.GetHexString(4, lowercase: true)}";
}
